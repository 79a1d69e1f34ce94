import { asDouble, isNumber, isWholeNumber } from '@aegis/kit/numbers';
import { ONE_LINE } from '@aegis/kit/text';
import type { PolicyCall } from '../decision.ts';
import type { Clock, LocalTime } from './clock.ts';
import type { Field, NamedField } from './field.ts';
import { isMapping } from './mapping.ts';
import { isComparable } from './matcher.ts';
import { showFor, showText } from './show.ts';

/** A call, and where the rule that looks at it takes op and amount from. */
export interface Facts {
  readonly call: PolicyCall;
  readonly op: Field | undefined;
  readonly amount: Field | undefined;
}

/** What a field of a call is, or why that is not known. `missing` is a key that is not there and could be. */
export type Reading =
  | { readonly known: true; readonly value: unknown }
  | { readonly known: false; readonly missing: boolean; readonly because: string };

export type Reader = (facts: Facts) => Reading;

/** In UTF-16 units, as the contracts count them. */
const LONGEST_OPERATION = 128;

/** The way to a field. Only own properties are looked at, so that no argument reaches a prototype. */
export function createReader(field: Field, clock: Clock): Reader {
  const { text, keys, root = 'args' } = field;
  if (keys !== undefined) return ({ call }) => readMember(call[root], text, keys);
  return namedReader(text as NamedField, clock);
}

function namedReader(name: NamedField, clock: Clock): Reader {
  switch (name) {
    case 'op':
      return readOp;
    case 'amount_cents':
      return readAmount;
    case 'client.name':
      return ({ call }) => reading(name, call.client?.name);
    case 'client.version':
      return ({ call }) => reading(name, call.client?.version);
    case 'time.hour':
      return ({ call }) => readTime(call, clock, 'hour');
    case 'time.weekday':
      return ({ call }) => readTime(call, clock, 'weekday');
    case 'principal':
    case 'server':
    case 'tool':
      return ({ call }) => reading(name, call[name]);
  }
}

function readTime({ at }: PolicyCall, clock: Clock, part: keyof LocalTime): Reading {
  const local = at instanceof Date ? clock(at) : undefined;
  if (local !== undefined) return { known: true, value: local[part] };
  return { known: false, missing: false, because: 'the time of the call is not known' };
}

function reading(name: string, value: unknown): Reading {
  if (value !== undefined) return { known: true, value };
  return { known: false, missing: true, because: `${name} is missing` };
}

/** The op as the rule takes it: from the arguments where it says so, else as the caller stated it. */
export function readOp({ call, op }: Facts): Reading {
  if (op?.keys === undefined) return reading('op', call.op);
  const read = readMember(call.args, op.text, op.keys);
  if (!read.known || isOperation(read.value)) return read;
  return unfit(op, read.value, 'the name of an operation');
}

/** What `Op` is in the contracts: anything else could not be recorded. */
function isOperation(value: unknown): boolean {
  return (
    typeof value === 'string' && value !== '' && value.length <= LONGEST_OPERATION && ONE_LINE.test(value)
  );
}

/** What a currency is: a code as ISO 4217 writes it. */
export const isCurrency = (value: unknown): boolean => typeof value === 'string' && /^[A-Z]{3}$/.test(value);

/** The currency that stands in an argument. What only looks like a code is not known: it may be another to its reader. */
export function currencyReader(field: Field & { readonly keys: readonly string[] }): Reader {
  return ({ call }) => {
    const read = readMember(call.args, field.text, field.keys);
    if (!read.known || isCurrency(read.value)) return read;
    return unfit(field, read.value, 'a currency of three capital letters such as EUR');
  };
}

/** The amount as the rule takes it: a whole number of cents, or not known. */
export function readAmount({ call, amount }: Facts): Reading {
  if (amount?.keys === undefined) return reading('amount_cents', call.amount_cents);
  const read = readMember(call.args, amount.text, amount.keys);
  if (!read.known) return read;
  const cents = isNumber(read.value) ? asDouble(read.value) : read.value;
  if (isCents(cents)) return { known: true, value: cents };
  const isBeyond = isNumber(read.value) && (isWholeNumber(read.value) || !isComparable(read.value));
  return unfit(amount, read.value, isBeyond ? CENTS : 'a whole number of cents');
}

/** What an amount is, for who gave a number that is none. */
export const CENTS = `a whole number of cents from 0 to ${Number.MAX_SAFE_INTEGER}`;

/** Whether this is an amount: a whole number of cents that a double holds. */
export function isCents(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function unfit({ text, keys }: Field, value: unknown, expected: string): Reading {
  const because = `${showText(text)} is ${showFor(keys)(value)}, expected ${expected}`;
  return { known: false, missing: false, because };
}

/** A key that is not there is missing. One inside text, a list or null can't be read: that is another thing. */
function readMember(root: unknown, text: string, keys: readonly string[]): Reading {
  let value = root === undefined ? {} : root;
  for (const [at, key] of keys.entries()) {
    if (!isMapping(value)) {
      return inside(showFor(keys.slice(0, at))(value), text, key);
    }
    if (!Object.hasOwn(value, key)) {
      return { known: false, missing: true, because: `${showText(text)} is missing` };
    }
    value = value[key] ?? null;
  }
  return { known: true, value };
}

function inside(shown: string, text: string, key: string): Reading {
  const because = `${showText(text)} can't be read, '${showText(key)}' is asked of ${shown}`;
  return { known: false, missing: false, because };
}
