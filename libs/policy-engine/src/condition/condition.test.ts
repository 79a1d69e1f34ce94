import { WrittenNumber } from '@aegis/kit/numbers';
import { describe, expect, it } from 'vitest';
import { validatePolicy } from '../validate.ts';

function errorsOf(extra: object, more: object = {}): string[] {
  const rules = [{ match: '*', decision: 'deny', ...extra }];
  const validation = validatePolicy({ version: 2, ...more, rules });
  return validation.ok ? [] : validation.errors;
}

function nested(levels: number): object {
  let condition: object = { 'args.x': 1 };
  for (let level = 0; level < levels; level++)
    condition = level % 2 ? { not: condition } : { all: [condition] };
  return condition;
}

function many(count: number): object {
  return { any: Array.from({ length: count }, () => ({ 'args.x': 1 })) };
}

const empty = 'expected at least one condition';
const value = 'expected a value or a comparison such as {lte: 100}';
const scalar = 'expected text, a number or true or false';
const tooLarge = 'a number with a power of ten too large to compare';
const text = 'expected text of 1 to 4096 characters';
const root = 'expected an absolute path such as /srv, without . and .., backslashes and encodings';
const length = 'expected a whole number, or a comparison such as {lte: 100}';

describe('a condition that is refused when it is loaded', () => {
  it.each<[unknown, string]>([
    [[], `: ${empty}`],
    ['args.x', `: ${empty} and no text: write it as {args.x: {starts_with: …}}`],
    ['args.path startswith /srv', `: ${empty} and no text: write it as {args.path: {starts_with: …}}`],
    ['args.cents <= 100', `: ${empty} and no text: write it as {args.cents: {lte: …}}`],
    ['the path is /srv', `: ${empty} and no text: write it as {args.path: {starts_with: …}}`],
    ['', `: ${empty} and no text: write it as {args.path: {starts_with: …}}`],
    [true, `: ${empty}`],
    [new Map([['args.x', 1]]), `: ${empty}`],
    [{ all: [] }, '.all: expected a list of one or more conditions'],
    [{ any: { 'args.x': 1 } }, '.any: expected a list of one or more conditions'],
    [{ any: [{}] }, `.any.0: ${empty}`],
    [{ not: {} }, `.not: ${empty}`],
    [
      { not: [{ 'args.x': 1 }] },
      `.not: ${empty}, and no list: put it under all: (each holds) or any: (one holds)`,
    ],
    [{ princpal: 'a' }, '.princpal: unknown field; did you mean principal?'],
    [
      { all: [{ any: [{ 'arguments.x': 1 }] }] },
      '.all.0.any.0."arguments.x": unknown field; did you mean args.x?',
    ],
    [{ 'args.x': {} }, `."args.x": ${value}`],
    [{ 'args.x': null }, `."args.x": ${value}`],
    [{ 'args.x': ['a'] }, `."args.x": ${value}`],
    [{ 'args.x': Number.NaN }, `."args.x": ${value}`],
    [{ 'args.x': { equals: 1 } }, '."args.x".equals: unknown operator; did you mean eq?'],
    [{ 'args.x': { start_with: 'a' } }, '."args.x".start_with: unknown operator; did you mean starts_with?'],
    [{ 'args.x': { matches: '(a+)+$' } }, '."args.x".matches: unknown operator'],
    [{ 'args.x': { constructor: 1 } }, '."args.x".constructor: unknown operator'],
    [
      { 'args.x': { not: { eq: 1 } } },
      '."args.x".not: unknown operator; not stands outside, around the field',
    ],
    [{ 'args.x': { eq: null } }, `."args.x".eq: ${scalar}`],
    [{ 'args.x': { eq: { a: 1 } } }, `."args.x".eq: ${scalar}`],
    [{ 'args.x': { ne: Number.POSITIVE_INFINITY } }, `."args.x".ne: ${scalar}`],
    [{ 'args.x': { lt: new WrittenNumber('1e99999999999999999999') } }, `."args.x".lt: ${tooLarge}`],
    [{ 'args.x': { in: [1, new WrittenNumber('1e99999999999999999999')] } }, `."args.x".in: ${tooLarge}`],
    [{ amount_cents: -5 }, '.amount_cents: expected a whole number of cents from 0 to 9007199254740991'],
    [{ 'args.x': { eq: '\uD800' } }, '."args.x".eq: expected well-formed text'],
    [{ 'args.x': { in: [] } }, '."args.x".in: expected a list of one or more values'],
    [{ 'args.x': { in: 'ab' } }, '."args.x".in: expected a list of one or more values'],
    [{ 'args.x': { in: [1, 'a'] } }, '."args.x".in: expected values of one type'],
    [{ 'args.x': { in: [[1]] } }, `."args.x".in: ${scalar}`],
    [{ 'args.x': { lt: 'x' } }, '."args.x".lt: expected a number'],
    [{ 'args.x': { gte: Number.POSITIVE_INFINITY } }, '."args.x".gte: expected a number'],
    [{ 'args.x': { starts_with: '' } }, `."args.x".starts_with: ${text}`],
    [{ 'args.x': { ends_with: 5 } }, `."args.x".ends_with: ${text}`],
    [{ 'args.x': { contains: 'x'.repeat(4097) } }, `."args.x".contains: ${text}`],
    [{ 'args.x': { glob: 'x'.repeat(513) } }, '."args.x".glob: expected text of 1 to 512 characters'],
    [{ 'args.x': { has: ['a'] } }, `."args.x".has: ${scalar}`],
    [{ 'args.x': { exists: 'yes' } }, '."args.x".exists: expected true or false'],
    [{ 'args.x': { length: -1 } }, `."args.x".length: ${length}`],
    [{ 'args.x': { length: {} } }, `."args.x".length: ${length}`],
    [{ 'args.x': { length: { has: 1 } } }, `."args.x".length: ${length}`],
    [{ 'args.x': { path_within: 'srv' } }, `."args.x".path_within: ${root}`],
    [{ 'args.x': { path_within: '/srv/../etc' } }, `."args.x".path_within: ${root}`],
    [{ 'args.x': { path_within: '/srv%20a' } }, `."args.x".path_within: ${root}`],
    [{ 'args.x': { path_within: 'C:\\srv' } }, `."args.x".path_within: ${root}`],
    [{ 'args.x': { path_within: 'file:///srv' } }, `."args.x".path_within: ${root}`],
    [
      { 'args.x': { path_within: [] } },
      '."args.x".path_within: expected a path or a list of one or more paths',
    ],
    [{ 'args.x': { path_within: ['/srv', 5] } }, `."args.x".path_within: ${root}`],
    [{ principal: 5 }, '.principal: expected text'],
    [{ principal: { gt: 5 } }, ".principal.gt: can't be used with principal; expected one of eq, ne, in"],
    [{ server: { path_within: '/srv' } }, ".server.path_within: can't be used with server"],
    [{ amount_cents: { lt: '5' } }, '.amount_cents.lt: expected a number'],
    [{ amount_cents: 1.5 }, '.amount_cents: expected a whole number of cents from 0 to 9007199254740991'],
    [{ amount_cents: { contains: '5' } }, ".amount_cents.contains: can't be used with amount_cents"],
    [{ 'time.hour': 24 }, '."time.hour": expected a whole number from 0 to 23'],
    [{ 'time.hour': { lt: 25 } }, '."time.hour".lt: expected a whole number from 0 to 24'],
    [{ 'time.hour': { in: [9, 'x'] } }, '."time.hour".in: expected values of one type'],
    [{ 'time.weekday': 'Monday' }, '."time.weekday": expected one of mon, tue, wed, thu, fri, sat, sun'],
    [{ 'time.weekday': { gte: 1 } }, '."time.weekday".gte: can\'t be used with time.weekday'],
  ])('%j', (when, error) => {
    const [first = '', ...others] = errorsOf({ when });
    expect(first).toContain(`rules.0.when${error}`);
    expect(others).toEqual([]);
  });

  it('for its levels, above 16', () => {
    expect(errorsOf({ when: nested(16) })).toEqual([]);
    expect(errorsOf({ when: nested(17) })[0]).toMatch(/: expected at most 16 levels$/);
    expect(errorsOf({ when: nested(10_000) })[0]).toMatch(/: expected at most 16 levels$/);
  });

  it('for its comparisons, above 1000', () => {
    expect(errorsOf({ when: many(1000) })).toEqual([]);
    expect(errorsOf({ when: many(1001) })).toEqual(['rules.0.when: expected at most 1000 comparisons']);
    expect(errorsOf({ when: { all: [many(500), many(501)] } })[0]).toContain('at most 1000 comparisons');
  });

  it('with each of its errors', () => {
    expect(errorsOf({ when: { tool: 5, 'args.x': { lt: 'a', gt: 'b' } } })).toEqual([
      'rules.0.when.tool: expected text',
      'rules.0.when."args.x".lt: expected a number',
      'rules.0.when."args.x".gt: expected a number',
    ]);
  });
});

describe('a rule that is refused when it is loaded', () => {
  const argument = 'expected an argument such as args.amount_cents';
  it.each<[object, string]>([
    [{ servers: [] }, 'rules.0.servers: expected a list of one or more patterns'],
    [{ servers: 'db' }, 'rules.0.servers: expected a list of one or more patterns'],
    [{ principals: [''] }, 'rules.0.principals.0: expected a pattern of 1 to 512 characters'],
    [{ amount: 'amount_cents' }, `rules.0.amount: ${argument}`],
    [{ amount: 500 }, `rules.0.amount: ${argument}`],
    [{ op: 'args.' }, `rules.0.op: ${argument}`],
    [{ op: 'tool' }, `rules.0.op: ${argument}`],
  ])('%j', (extra, error) => {
    expect(errorsOf(extra)).toEqual([error]);
  });

  it.each(['Europe/Berln', '+01:00', '', 5, 'UTC\n'])('for the time zone %j', (timezone) => {
    expect(errorsOf({}, { timezone })).toEqual([
      'timezone: expected the name of a time zone, such as Europe/Berlin or UTC',
    ]);
  });

  it.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('but not for %s', (timezone) => {
    expect(errorsOf({}, { timezone })).toEqual([]);
  });
});
