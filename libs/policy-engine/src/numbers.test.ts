import { parseJson } from '@aegis/kit/json';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from './compile.ts';
import { policyDigest } from './digest.ts';
import { evaluate } from './evaluate.ts';
import { parsePolicyText } from './parse.ts';
import { type PolicyValidation, validatePolicy } from './validate.ts';

const validOf = (valid: PolicyValidation) => {
  if (!valid.ok) throw new Error(valid.errors.join());
  return valid.policy;
};
const policyOf = (text: string) => {
  const parsed = parsePolicyText(text);
  if (!parsed.ok) throw new Error(parsed.errors.join());
  return validOf(validatePolicy(parsed.document));
};
/** What a rule that denies, or one that allows, where args.n is so says of a call with this number. */
function decide(when: string, n: string, decision: 'deny' | 'allow' = 'deny') {
  const otherwise = decision === 'deny' ? 'allow' : 'deny';
  const rules = `[{match: '*', decision: ${decision}, when: {args.n: ${when}}}, {match: '*', decision: ${otherwise}}]`;
  const args = parseJson(`{"n":${n}}`) as Record<string, unknown>;
  return evaluate(compilePolicy(policyOf(`version: 2\nrules: ${rules}`)), { tool: 'a', args });
}

const TOO_LARGE = 'a number with a power of ten too large to compare';

describe('a condition on a number', () => {
  it.each([
    ['12345678901234567890', '12345678901234567890', 'deny'],
    ['12345678901234567890', '12345678901234567891', 'allow'],
    ['12345678901234567890', '12345678901234567890.0', 'deny'],
    ['{in: [1, 9007199254740993]}', '9007199254740992', 'allow'],
    ['{in: [1, 9007199254740993]}', '9007199254740993', 'deny'],
    ['{gt: 9007199254740992}', '9007199254740993', 'deny'],
    ['{gt: 9007199254740993}', '9007199254740993', 'allow'],
    ['{gte: 1732896000000000000}', '1732896000000000001', 'deny'],
    ['{lt: 1732896000000000000}', '1732895999999999999', 'deny'],
    ['{ne: 12345678901234567890}', '12345678901234567891', 'deny'],
    ['{lte: 0.1}', '0.1000000000000000055', 'deny'],
    ['{lte: 0.1}', '0.10000000000000002', 'allow'],
    ['{gt: 100}', '1e308', 'deny'],
    ['{gt: 100}', '1e400', 'deny'],
    ['{lt: 0}', '-1e999999999', 'deny'],
    ['{gt: 0}', '1e-400', 'deny'],
    ['{lt: 0}', '-0', 'allow'],
    ['0', '-0', 'deny'],
    ['1', '1.0', 'deny'],
    ['100', '1E+2', 'deny'],
    ['{every: {lte: 5}}', '[5, 5.0000000000000000001]', 'deny'],
    ['{every: {lte: 5}}', '[5, 5.000000000000001]', 'allow'],
    ['{has: 12345678901234567890}', '[12345678901234567890]', 'deny'],
    ['{gt: 100}', '9'.repeat(100_000), 'deny'],
  ])('args.n: %s, and the call has %s: %s', (when, n, decision) => {
    expect(decide(when, n).decision).toBe(decision);
  });

  it('that nobody can compare can not be evaluated', () => {
    const { decision, reasons } = decide('{gt: 5}', '1e99999999999999999999');
    expect([decision, reasons.join()]).toEqual(['deny', expect.stringContaining("can't be evaluated")]);
    expect(reasons.join()).toContain(`args.n is 1e99999999999999999999, ${TOO_LARGE}`);
  });

  it.each([
    ['5', '1e99999999999999999999', `args.n is 1e99999999999999999999, ${TOO_LARGE}`],
    ['{in: [5]}', '1e-99999999999999999999', `args.n is 1e-99999999999999999999, ${TOO_LARGE}`],
    ['{ne: a}', '1e99999999999999999999', 'args.n is 1e99999999999999999999, expected text'],
    ['{has: 5}', '[1e99999999999999999999]', `args.n is a list of 1, of which one is ${TOO_LARGE}`],
    ['{every: {gt: 5}}', '[1e99999999999999999999]', `of which one is 1e99999999999999999999, ${TOO_LARGE}`],
    ['{gt: 5}', '"6"', "args.n is '6', expected a number"],
    ['6', '"6"', "args.n is '6', expected a number"],
    ['{gt: 5}', '[6]', 'args.n is a list of 1, expected a number'],
    ['{gt: 5}', 'null', 'args.n is null, expected a number'],
  ])('by %s says of %s what keeps it from being one: %s', (when, n, because) => {
    expect(decide(when, n).reasons.join()).toContain(because);
  });

  it('is shown as it is written, and cut where it is long', () => {
    expect(decide('{gt: 12345678901234567890}', '12345678901234567891').reasons.join()).toContain(
      'args.n is 12345678901234567891, more than 12345678901234567890',
    );
    expect(decide('{gt: 1}', '9'.repeat(100_000)).reasons.join().length).toBeLessThan(300);
  });

  it.each([
    ['5', '5.00000000000000000001'],
    ['5', '4.9999999999999999999'],
    ['{in: [5, 7]}', '7.0000000000000000000000001e0'],
    ['{has: 5}', '[1, 5.00000000000000000001]'],
    ['{some: {eq: 5}}', '[1, 5.00000000000000000001]'],
    ['{gte: 100}', '99.99999999999999999999'],
    ['{lte: 0}', '1e-400'],
    ['725653563933458432', '725653563933458433'],
    ['725653563933458432', '725653563933458400'],
    ['{gte: 9007199254740996}', '9007199254740995'],
  ])('is denied where it is %s, and a call has %s, which others round to that', (when, n) => {
    const { decision, reasons } = decide(when, n);
    expect([decision, reasons.join()]).toEqual(['deny', expect.stringContaining("can't be evaluated")]);
  });

  it.each([
    ['{lt: 100}', '99.99999999999999999999'],
    ['{gt: 0}', '1e-400'],
    ['{ne: 5}', '5.00000000000000000001'],
    ['{gt: 9007199254740992}', '9007199254740993'],
  ])('allows nothing where it is %s, and a call has %s, which others round to what is not so', (when, n) => {
    expect(decide(when, n, 'allow').decision).toBe('review');
  });

  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['{in: [9007199254740993]}', '9007199254740993.0'],
    ['{lt: 100}', '99.5'],
    ['{lt: 100}', '0.1000000000000000055'],
    ['{gt: 12345678901234567890}', '1e400'],
  ])('passes where it is %s, and a call has %s, for whoever reads it', (when, n) => {
    expect(decide(when, n, 'allow').decision).toBe('allow');
  });

  it('is no mapping: nothing stands below it', () => {
    const rules =
      "[{match: '*', decision: deny, when: {args.n.text: {exists: true}}}, {match: '*', decision: allow}]";
    const args = parseJson('{"n":1.0}') as Record<string, unknown>;
    const { decision, reasons } = evaluate(compilePolicy(policyOf(`version: 2\nrules: ${rules}`)), {
      tool: 'a',
      args,
    });
    expect([decision, reasons.join()]).toEqual(['deny', expect.stringContaining("'text' is asked of 1.0")]);
  });
});

it('an amount in the arguments is a whole number of cents in whatever way it is written', () => {
  const policy = compilePolicy(
    policyOf("version: 2\nrules: [{match: '*', decision: allow, amount: args.n, cap_cents: 100}]"),
  );
  const decisionOf = (n: string) =>
    evaluate(policy, { tool: 'a', args: parseJson(`{"n":${n}}`) as Record<string, unknown> });
  expect(decisionOf('100.0')).toMatchObject({ decision: 'allow', amount_cents: 100 });
  expect(decisionOf('1e2')).toMatchObject({ decision: 'allow', amount_cents: 100 });
  for (const n of ['101.0', '100.00000000000000001', '9007199254740993', '1e400'])
    expect(decisionOf(n).decision, n).toBe('review');
});

const read = (text: string) => parsePolicyText(`a: ${text}`);
const digestOf = (n: string) =>
  policyDigest(policyOf(`version: 2\nrules: [{match: a, decision: deny, when: {args.n: ${n}}}]`));
const errors = (cap: string) => {
  const parsed = parsePolicyText(`version: 2\nrules: [{match: a, decision: allow, cap_cents: ${cap}}]`);
  const valid = parsed.ok ? validatePolicy(parsed.document) : parsed;
  return valid.ok ? [] : valid.errors;
};

describe('a number in the text of a policy', () => {
  it.each([
    ['010', '10 or 8'],
    ['-010', '-10 or -8'],
    ['089', '89'],
    ['0o10', '8'],
    ['0x1F', '31'],
    ['0b11', '3'],
    ['1_000', '1000'],
    ['.5', '0.5'],
    ['1.', '1'],
    ['+1', '1'],
    ['1e3', '1000'],
    ['1e308', '1.0e+308'],
    ['1e400', '1.0e+400'],
    ['12345678901234567890e2', '12345678901234567890.0e+2'],
    ['22:30', '1350'],
    ['.inf', 'a number of digits'],
  ])('%s is an error that says to write %s', (text, instead) => {
    expect(read(text)).toEqual({
      ok: false,
      errors: [
        `line 1, column 4: ${text} is not the same to all readers of YAML; write ${instead}, or '${text}' in quotes for a text`,
      ],
    });
  });

  it.each([
    '0',
    '10',
    '-7',
    '1.5',
    '1.50',
    '1.0e+3',
    '0.5',
    '"010"',
    "'1_000'",
    '127.0.0.1',
    '2026-11-30',
    'v1_0',
  ])('%s is the same to all', (text) => {
    expect(read(text).ok).toBe(true);
  });

  it('is in JSON what JSON says', () => {
    expect(parsePolicyText('{"a":1e3}')).toEqual({ ok: true, document: { a: 1000 } });
  });

  it('keeps its digits, also in the digest', () => {
    expect(digestOf('9007199254740993')).not.toBe(digestOf('9007199254740992'));
    expect(digestOf('1.50')).toBe(digestOf('1.5'));
    const json = '{"version":2,"rules":[{"match":"a","decision":"deny","when":{"args.n":9007199254740993}}]}';
    expect(policyDigest(validOf(validatePolicy(parseJson(json))))).toBe(digestOf('9007199254740993'));
  });

  it('that is an amount is an integer that a double holds, and the error names the field', () => {
    expect(errors('100.0')).toEqual([]);
    for (const cap of ['9007199254740993', '12345678901234567890'])
      expect(errors(cap)).toEqual(['rules.0.cap_cents: expected an integer from 0 to 9007199254740991']);
  });
});
