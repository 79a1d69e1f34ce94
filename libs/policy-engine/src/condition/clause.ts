import type { Facts, Reader } from './facts.ts';
import type { Field } from './field.ts';
import type { Matcher } from './matcher.ts';
import { showFor, showText } from './show.ts';
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
  /** The same answer with its reasons, each part asked once. */
  explain(facts: Facts): Explanation;
  /** What the answer may be where arguments, op, amount and time are not known yet. */
  foresee(facts: Facts): Outlook;
}

export interface Explanation {
  readonly truth: Truth;
  /** What made the answer so: one text for each part that did. */
  readonly because: () => readonly string[];
}

/** One operator on one field. */
export function matchClause(field: Field, read: Reader, matcher: Matcher): Clause {
  const test = (facts: Facts): Truth => {
    const reading = read(facts);
    return reading.known ? matcher.test(reading.value) : 'unknown';
  };
  const show = showFor(field.keys);
  const explain = (facts: Facts): Explanation => {
    const reading = read(facts);
    if (!reading.known) return { truth: 'unknown', because: () => [reading.because] };
    const truth = matcher.test(reading.value);
    const describe = () => `${showText(field.text)} ${matcher.describe(reading.value, truth, show)}`;
    return { truth, because: () => [describe()] };
  };
  return { test, explain, foresee: foreseeField(field, read, test) };
}

/** Whether a field is there. A key inside something that has none can't be asked for. */
export function existsClause(field: Field, read: Reader, wanted: boolean): Clause {
  const test = (facts: Facts): Truth => {
    const reading = read(facts);
    return reading.known || reading.missing ? truthOf(reading.known === wanted) : 'unknown';
  };
  const explain = (facts: Facts): Explanation => {
    const reading = read(facts);
    const because = reading.known ? `${showText(field.text)} is there` : reading.because;
    return { truth: test(facts), because: () => [because] };
  };
  return { test, explain, foresee: foreseeField(field, read, test) };
}

/** Who calls which tool is known before the call is made; the op is text, too, and is not. */
function foreseeField({ text, kind }: Field, read: Reader, test: Clause['test']): Clause['foresee'] {
  const isFixed = kind === 'text' && text !== 'op';
  return (facts) => (isFixed && isStated(text, facts, read) ? certainly(test(facts)) : ANYTHING);
}

function isStated(text: string, facts: Facts, read: Reader): boolean {
  return read(facts).known || (text.startsWith('client.') && facts.call.client !== undefined);
}

export function allClause(parts: readonly Clause[]): Clause {
  return {
    test: (facts) => joinAll(parts, facts),
    explain: (facts) => explainParts(parts, facts, joinAll),
    foresee: (facts) => foreseeAll(parts.map((part) => part.foresee(facts))),
  };
}

export function anyClause(parts: readonly Clause[]): Clause {
  return {
    test: (facts) => joinAny(parts, facts),
    explain: (facts) => explainParts(parts, facts, joinAny),
    foresee: (facts) => foreseeAny(parts.map((part) => part.foresee(facts))),
  };
}

export function notClause(part: Clause): Clause {
  return {
    test: (facts) => negate(part.test(facts)),
    explain: (facts) => {
      const { truth, because } = part.explain(facts);
      return { truth: negate(truth), because };
    },
    foresee: (facts) => foreseeNot(part.foresee(facts)),
  };
}

/** Only parts that came out as the whole did are why it did. */
function explainParts(parts: readonly Clause[], facts: Facts, join: typeof joinAll): Explanation {
  const explained = parts.map((part) => part.explain(facts));
  const truth = join(
    explained.map((part) => ({ test: () => part.truth })),
    facts,
  );
  const deciding = explained.filter((part) => part.truth === truth);
  return { truth, because: () => deciding.flatMap(({ because }) => because()) };
}
