import type { Facts, Reader } from './facts.ts';
import type { Field, FieldKind } from './field.ts';
import type { Matcher } from './matcher.ts';
import { showText } from './show.ts';
import {
  ANYTHING,
  certainly,
  foreseeAll,
  foreseeAny,
  foreseeNot,
  joinAll,
  joinAny,
  negate,
  type Outlook,
  type Truth,
  truthOf,
} from './truth.ts';

/** A condition made ready: a question about a call, and the words for its answer. */
export interface Clause {
  test(facts: Facts): Truth;
  /** What made the answer so: one text for each part that did. */
  explain(facts: Facts): string[];
  /** What the answer may be where arguments, op, amount and time are not known yet. */
  foresee(facts: Facts): Outlook;
}

/** One operator on one field. */
export function matchClause(field: Field, read: Reader, matcher: Matcher): Clause {
  const test = (facts: Facts): Truth => {
    const reading = read(facts);
    return reading.known ? matcher.test(reading.value) : 'unknown';
  };
  const explain = (facts: Facts): string[] => {
    const reading = read(facts);
    if (!reading.known) return [reading.because];
    return [`${showText(field.text)} ${matcher.describe(reading.value, matcher.test(reading.value))}`];
  };
  return { test, explain, foresee: foreseeField(field, read, test) };
}

/** Whether a field is there. A key inside something that has none can't be asked for. */
export function existsClause(field: Field, read: Reader, wanted: boolean): Clause {
  const test = (facts: Facts): Truth => {
    const reading = read(facts);
    return reading.known || reading.missing ? truthOf(reading.known === wanted) : 'unknown';
  };
  const explain = (facts: Facts): string[] => {
    const reading = read(facts);
    return [reading.known ? `${showText(field.text)} is there` : reading.because];
  };
  return { test, explain, foresee: foreseeField(field, read, test) };
}

const FIXED: Readonly<Record<FieldKind, boolean>> = {
  anything: false,
  text: true,
  number: false,
  hour: false,
  weekday: false,
};

/** Who calls which tool is known before the call is made; the op is text, too, and is not. */
function foreseeField({ text, kind }: Field, read: Reader, test: Clause['test']): Clause['foresee'] {
  const isFixed = FIXED[kind] && text !== 'op';
  return (facts) => (isFixed && isStated(text, facts, read) ? certainly(test(facts)) : ANYTHING);
}

function isStated(text: string, facts: Facts, read: Reader): boolean {
  return read(facts).known || (text.startsWith('client.') && facts.call.client !== undefined);
}

export function allClause(parts: readonly Clause[]): Clause {
  const test = (facts: Facts) => joinAll(parts, facts);
  return {
    test,
    explain: (facts) => explainParts(parts, facts, test(facts)),
    foresee: (facts) => foreseeAll(parts.map((part) => part.foresee(facts))),
  };
}

export function anyClause(parts: readonly Clause[]): Clause {
  const test = (facts: Facts) => joinAny(parts, facts);
  return {
    test,
    explain: (facts) => explainParts(parts, facts, test(facts)),
    foresee: (facts) => foreseeAny(parts.map((part) => part.foresee(facts))),
  };
}

export function notClause(part: Clause): Clause {
  return {
    test: (facts) => negate(part.test(facts)),
    explain: (facts) => part.explain(facts),
    foresee: (facts) => foreseeNot(part.foresee(facts)),
  };
}

/** Only parts that came out as the whole did are why it did. */
function explainParts(parts: readonly Clause[], facts: Facts, truth: Truth): string[] {
  return parts.filter((part) => part.test(facts) === truth).flatMap((part) => part.explain(facts));
}
