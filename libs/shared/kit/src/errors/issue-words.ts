import { z } from 'zod';
import { WrittenNumber } from '../numbers/mod.ts';

type RawIssue = z.core.$ZodRawIssue;

/** The kinds of values, as people call them. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What a text of a kind looks like. */
const FORMS: Readonly<Record<string, string>> = {
  email: 'an e-mail address such as ada@example.com',
  url: 'an address such as https://example.com/',
  datetime: 'a time in UTC such as 2026-01-31T12:00:00Z',
};

const SHOWN_DIGITS = 40;

/** What came instead. */
function given(input: unknown): string {
  if (input instanceof WrittenNumber) return input.text.slice(0, SHOWN_DIGITS);
  if (input === null || typeof input === 'boolean') return String(input);
  if (typeof input === 'string') return 'text';
  if (typeof input === 'number') return 'a number';
  return Array.isArray(input) ? 'a list' : 'an object';
}

/** What was expected in the place of a value of another kind. */
export function wrongType(expected: string, input: unknown): string {
  return `expected ${KINDS[expected] ?? 'another kind of value'}, not ${given(input)}`;
}

/** The numbers that a schema takes: one sentence, whatever is wrong with the one that came. */
function numbersOf({ isInt, minValue, maxValue }: z.ZodNumber, input: unknown): string {
  const kind = isInt ? 'a whole number' : 'a number';
  const [least, most] = [Number.isFinite(minValue), Number.isFinite(maxValue)];
  const range = least && most ? ` from ${minValue} to ${maxValue}` : least ? ` from ${minValue} on` : '';
  const isWritten = input instanceof WrittenNumber;
  const exact = isWritten && !most ? ' that 64 bits hold exactly' : '';
  const instead = isWritten || typeof input !== 'number' ? `, not ${given(input)}` : '';
  return `expected ${kind}${range}${exact}${instead}`;
}

/** How long a text or a list may be. */
function lengthOf(schema: unknown, which: 'most' | 'least', limit: number): string {
  if (schema instanceof z.ZodString) {
    const { minLength: least, maxLength: most } = schema;
    if (most === null)
      return least === 1 ? 'expected text that is not empty' : `expected ${least} characters or more`;
    return `expected text of ${least === null ? 'at most' : `${least} to`} ${most} characters`;
  }
  return which === 'least' && limit === 1 ? 'expected at least one' : `expected at ${which} ${limit} entries`;
}

/** What any of the branches of a union takes; of one that is told apart by a field, what that field may say. */
function eitherOf(options: readonly unknown[]): string {
  const each = options.map((one) =>
    String(one)
      .replace(/^expected /, '')
      .replace(/, not .*$/, ''),
  );
  return `expected ${[...new Set(each)].join(' or ')}`;
}

/**
 * What is wrong with a value, in the words of this project: no word of the library that checks it reaches anybody. A
 * schema's own message goes before.
 */
export function issueWords(issue: RawIssue): string {
  const { input } = issue;
  if (input === undefined) return 'required';
  const schema: unknown = issue.schema ?? issue.inst;
  if (schema instanceof z.ZodNumber) return numbersOf(schema, input);
  if (issue.code === 'invalid_type') return wrongType(issue.expected, input);
  if (issue.code === 'too_big') return lengthOf(schema, 'most', Number(issue.maximum));
  if (issue.code === 'too_small') return lengthOf(schema, 'least', Number(issue.minimum));
  if (issue.code === 'invalid_format') return `expected ${FORMS[issue.format] ?? 'text of another form'}`;
  if (issue.code === 'invalid_value')
    return `expected ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_union')
    return Array.isArray(issue['options'])
      ? `expected one of ${issue['options'].join(', ')}`
      : eitherOf(issue.errors.map(([first]) => first?.message));
  return issue.code === 'unrecognized_keys' ? 'unknown field' : 'this is not taken here';
}

/** Fields that a strict object doesn't have, and where they belong. */
type Elsewhere = readonly [fields: readonly string[], where: string];

/** For a strict object: what is said of the fields of one place, where no other one is unknown beside them. */
export const belongElsewhere = (...places: readonly Elsewhere[]) => ({
  error: ({ code, keys = [] }: { readonly code?: string; readonly keys?: readonly string[] }) => {
    if (code !== 'unrecognized_keys') return undefined;
    const found = places.find(([fields]) => keys.every((key) => fields.includes(key)));
    return found && `unknown field; ${found[1]}`;
  },
});
