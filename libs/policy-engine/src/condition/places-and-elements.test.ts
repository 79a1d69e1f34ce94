import { describe, expect, it } from 'vitest';
import { compilePolicy, evaluate, validatePolicy } from '../mod.ts';

function policyOf(when: object, decision: 'allow' | 'deny' = 'deny') {
  const checked = validatePolicy({ version: 2, rules: [{ match: '*', decision, when }] });
  if (!checked.ok) throw new Error(checked.errors.join('\n'));
  return compilePolicy(checked.policy);
}
const errorsOf = (when: object): string[] => {
  const checked = validatePolicy({ version: 2, rules: [{ match: '*', decision: 'deny', when }] });
  return checked.ok ? [] : checked.errors;
};

type Truth = 'holds' | 'fails' | 'unknown';
/** Nothing else decides: without a rule a call goes to a person. */
function truthOf(operator: unknown, value: unknown): Truth {
  const { decision, reasons } = evaluate(policyOf({ 'args.x': operator }), { tool: 'a', args: { x: value } });
  if (decision !== 'deny') return 'fails';
  return reasons[0]?.includes("can't be evaluated") ? 'unknown' : 'holds';
}

const reasonOf = (when: object, x: unknown) =>
  evaluate(policyOf(when), { tool: 'a', args: { x } }).reasons[0];
const decideOnly = (names: unknown, args?: Record<string, unknown>) =>
  evaluate(policyOf({ only_args: names }, 'allow'), { tool: 'a', ...(args && { args }) }).decision;

describe('host_in', () => {
  it.each<[string | readonly string[], unknown, Truth]>([
    ['example.com', 'https://example.com', 'holds'],
    ['EXAMPLE.com', 'HTTPS://Example.COM:8443/a?b#c', 'holds'],
    ['example.com', 'wss://example.com./', 'holds'],
    ['example.com', 'https://www.example.com/', 'fails'],
    ['*.example.com', 'https://a.b.example.com/', 'holds'],
    ['*.example.com', 'https://example.com/', 'fails'],
    ['127.0.0.1', 'http://127.0.0.1:80/', 'holds'],
    ['127.0.0.1', 'http://2130706433/', 'unknown'],
    ['127.0.0.1', 'http://0177.0.0.1/', 'unknown'],
    ['127.0.0.1', 'http://127.1/', 'unknown'],
    ['127.0.0.1', 'http://[::ffff:127.0.0.1]/', 'unknown'],
    ['::1', 'http://[::1]:3000/', 'holds'],
    ['::1', 'http://[0:0:0:0:0:0:0:1]/', 'unknown'],
    ['xn--mnchen-3ya.de', 'https://xn--mnchen-3ya.de/', 'holds'],
    ['xn--mnchen-3ya.de', 'https://m\u00fcnchen.de/', 'unknown'],
    ['example.com', 'https://example.com:/', 'unknown'],
    ['example.com', 'https://example.com:0443/', 'unknown'],
    ['example.com', 'https://example.com:99999/', 'unknown'],
    ['*.example.com', 'https://.example.com/', 'unknown'],
    ['*.example.com', 'https://a..example.com/', 'unknown'],
    ['example.com', 'https://example.com/,//evil.net/', 'unknown'],
    ['example.com', 'https://example.com/;file:/etc/passwd', 'unknown'],
    ['example.com', 'https://example.com/$(id)', 'unknown'],
    ['example.com', 'https://example.com/@52.5,13.4?$top=5', 'holds'],
    ['example.com', ['https://example.com/a', 'https://example.com/b'], 'holds'],
    ['example.com', ['https://evil.net/', 'https://evil.org/'], 'fails'],
    ['example.com', ['https://evil.net/', 'https://example.com/'], 'unknown'],
    ['example.com', { url: 'https://example.com' }, 'unknown'],
    ['example.com', `https://example.com/${'a'.repeat(4096)}`, 'unknown'],
  ])('%j: %j %s', (hosts, value, truth) => {
    expect(truthOf({ host_in: hosts }, value)).toBe(truth);
  });

  it.each([
    '*',
    '*.',
    'example.com/',
    'https://example.com',
    'example.com:80',
    '*.0.0.1',
    'm\u00fcnchen.de',
    '0x7f.1',
    '',
    5,
    '[::1]',
  ])('is refused for %j', (host) => {
    expect(errorsOf({ 'args.x': { host_in: host } })).toEqual([
      expect.stringContaining('.host_in: expected a host such as api.example.com'),
    ]);
  });
});

describe('url_within', () => {
  it.each<[string | readonly string[], unknown, Truth]>([
    ['https://example.com', 'https://example.com:443/any?q=@#f', 'holds'],
    ['https://example.com:443/v1/', 'https://example.com/v1', 'holds'],
    ['https://example.com/v1', 'https://example.com/v1/a/../b', 'holds'],
    ['https://example.com/v1', 'https://example.com/v2', 'fails'],
    ['https://example.com/v1', 'https://example.com:8443/v1', 'fails'],
    [['https://a.de/x', 'https://a.de/y', 'http://b.de'], 'https://a.de/y/z', 'holds'],
    ['https://example.com/v1', 'https://example.com/v1//../b', 'unknown'],
    ['https://example.com/v1', 'https://example.com/v1;x/b', 'unknown'],
  ])('%j: %j %s', (bases, value, truth) => {
    expect(truthOf({ url_within: bases }, value)).toBe(truth);
  });

  it.each([
    'example.com',
    'https://example.com/?a',
    'https://example.com/%61',
    'https://a@example.com',
    'https://example.com/../a',
  ])('is refused for %j', (url) => {
    expect(errorsOf({ 'args.x': { url_within: url } })).toEqual([
      expect.stringContaining('.url_within: expected a plain URL such as https://api.example.com/v1'),
    ]);
  });
});

describe('email_domain_in', () => {
  it.each<[unknown, Truth]>([
    ['Ada.Love+tag@Example.COM', 'holds'],
    ["o'neil@example.com", 'holds'],
    ['ada@a.example.com', 'fails'],
    ['ada..love@example.com', 'unknown'],
    ['.ada@example.com', 'unknown'],
    ['ada.@example.com', 'unknown'],
    ['ada@example.com.', 'unknown'],
    ['ada@[127.0.0.1]', 'unknown'],
    ['ada', 'unknown'],
    ['mailto:ada@example.com', 'unknown'],
    [`${'a'.repeat(400)}@example.com`, 'unknown'],
    [['ada@example.com', 'bob@example.com'], 'holds'],
    [['ada@example.com', { email: 'eve@evil.net' }], 'unknown'],
  ])('%j %s', (value, truth) => {
    expect(truthOf({ email_domain_in: ['example.com'] }, value)).toBe(truth);
  });

  it('is refused for an address of a machine', () => {
    expect(errorsOf({ 'args.x': { email_domain_in: '127.0.0.1' } })[0]).toContain(
      'expected a domain such as',
    );
  });
});

describe('every and some', () => {
  it.each<[unknown, unknown, Truth]>([
    [{ every: { starts_with: 'a' } }, ['a1', 'a2'], 'holds'],
    [{ every: { starts_with: 'a' } }, ['a1', 'b'], 'fails'],
    [{ every: { starts_with: 'a' } }, ['a1', 5], 'unknown'],
    [{ every: { starts_with: 'a' } }, ['b', 5], 'fails'],
    [{ every: { starts_with: 'a' } }, [], 'unknown'],
    [{ every: { starts_with: 'a' } }, 'a', 'unknown'],
    [{ every: { gt: 1, lt: 5 } }, [2, 3], 'holds'],
    [{ every: { eq: 'A', ignore_case: true } }, ['a', 'A'], 'holds'],
    [{ some: { eq: 'a' } }, ['b', 'a', 5], 'holds'],
    [{ some: { eq: 'a' } }, ['b', 'c'], 'fails'],
    [{ some: { eq: 'a' } }, ['b', 5], 'unknown'],
    [{ some: { eq: 'a' } }, [], 'unknown'],
    [{ every: { length: 1 } }, [['a'], ['b']], 'holds'],
    [{ every: { starts_with: 'a' } }, Array.from({ length: 1001 }, () => 'a'), 'unknown'],
    [{ every: { starts_with: 'a' } }, ['a'.repeat(16_385)], 'unknown'],
    [{ some: { has: 'x' } }, Array.from({ length: 17 }, () => ['x']), 'unknown'],
  ])('%j: %j %s', (operator, value, truth) => {
    expect(truthOf(operator, value)).toBe(truth);
  });

  it('say which element decided', () => {
    expect(reasonOf({ 'args.x': { some: { eq: 'b' } } }, ['a', 'b'])).toContain(
      "args.x is a list of 2, of which one is 'b'",
    );
    expect(reasonOf({ not: { 'args.x': { every: { eq: 'b' } } } }, ['b', 'c'])).toContain(
      "args.x is a list of 2, of which one is 'c', not 'b'",
    );
    expect(reasonOf({ 'args.x': { every: { eq: 'b' } } }, ['b', 7])).toContain(
      'of which one is 7, expected text',
    );
  });

  it.each<[object, string]>([
    [{ every: {} }, '.every: expected a comparison of an element'],
    [{ some: 5 }, '.some: expected a comparison of an element'],
    [{ every: { starts_with: 5 } }, '.every.starts_with: expected text of 1 to 4096 characters'],
    [{ every: { exists: true } }, ".every.exists: can't be used with an element"],
    [{ every: { some: { eq: 1 } } }, ".every.some: can't be used with an element"],
    [{ every: { ignore_case: true } }, '.every.ignore_case: expected beside one of eq'],
    [{ every: { startswith: 'a' } }, '.every.startswith: unknown operator; did you mean starts_with?'],
  ])('are refused: %j', (operator, error) => {
    expect(errorsOf({ 'args.x': operator })).toEqual([
      expect.stringContaining(`rules.0.when."args.x"${error}`),
    ]);
  });

  it('count as the comparisons that they hold', () => {
    const one = { 'args.x': { every: { gt: 1, lt: 5 } } };
    const all = (count: number) => errorsOf({ all: Array.from({ length: count }, () => one) });
    expect(all(333)).toEqual([]);
    expect(all(335)).toEqual(['rules.0.when: expected at most 1000 comparisons']);
  });
});

describe('ignore_case', () => {
  it.each<[object, unknown, Truth]>([
    [{ eq: 'Admin' }, 'ADMIN', 'holds'],
    [{ eq: 'Admin' }, 'user', 'fails'],
    [{ eq: 'Admin' }, ' admin', 'unknown'],
    [{ ne: 'Admin' }, 'ADMIN', 'fails'],
    [{ in: ['A', 'B'] }, 'b', 'holds'],
    [{ has: 'A' }, ['x', 'a'], 'holds'],
    [{ starts_with: 'Get ' }, 'GET /', 'holds'],
    [{ ends_with: '.EXE' }, 'a.exe', 'holds'],
    [{ contains: 'DROP' }, 'x drop y', 'holds'],
    [{ contains: 'DROP' }, 'x \uff44rop y', 'unknown'],
    [{ glob: '*DROP*' }, 'x drop y', 'holds'],
    [{ glob: '*\ufb01*' }, '\ufdfa'.repeat(8000), 'unknown'],
    [{ eq: 'stra\u00dfe' }, 'STRASSE', 'holds'],
  ])('%j: %j %s', (operator, value, truth) => {
    expect(truthOf({ ...operator, ignore_case: true }, value)).toBe(truth);
  });

  it('is nothing where it is false', () => {
    expect(truthOf({ eq: 'Admin', ignore_case: false }, 'ADMIN')).toBe('fails');
  });

  it.each<[object, string]>([
    [{ eq: 'a', ignore_case: 'yes' }, 'expected true or false'],
    [{ gt: 5, ignore_case: true }, 'expected beside one of eq, ne, in'],
    [{ eq: 5, ignore_case: true }, 'expected text, because of ignore_case'],
    [{ in: [5], ignore_case: true }, 'expected text, because of ignore_case'],
  ])('is refused: %j', (operator, error) => {
    expect(errorsOf({ 'args.x': operator })).toEqual([expect.stringContaining(error)]);
  });
});

describe('only_args', () => {
  it('holds where there are no others, whatever is left out', () => {
    expect(decideOnly(['a', 'b.c'], { a: 1, 'b.c': 2 })).toBe('allow');
    expect(decideOnly(['a'], {})).toBe('allow');
    expect(decideOnly([])).toBe('allow');
    expect(decideOnly(['a'], { a: 1, A: 1 })).toBe('review');
    expect(decideOnly(['b.c'], { b: { c: 1 } })).toBe('review');
    expect(decideOnly([], { constructor: 1 })).toBe('review');
  });

  it('says which others there are', () => {
    const deny = policyOf({ not: { only_args: ['a'] } });
    expect(evaluate(deny, { tool: 'a', args: { a: 1, b: 2 } }).reasons).toEqual([
      "Rule 0 denies '*': args has 'b'",
    ]);
  });

  it.each(['a', [5], { a: true }, ['\ud800'], null])('is refused for %j', (names) => {
    expect(errorsOf({ only_args: names })).toEqual([
      'rules.0.when.only_args: expected a list of names of arguments, such as [to, subject]',
    ]);
  });
});
