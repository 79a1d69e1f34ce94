import { isExact, isScalar, judge, type Matcher, type Scalar, sameTypeAs } from './matcher.ts';
import { showSome, showValue } from './show.ts';
import { negate } from './truth.ts';

export function equal(operand: Scalar): Matcher {
  const is = (value: Scalar) => value === operand;
  const judged = judge({ ...sameTypeAs(operand), holds: is, phrase: showValue(operand) });
  return { ...judged, describe: describeEqual(judged) };
}

/** Where it is equal, saying so twice says no more. */
function describeEqual(judged: Matcher): Matcher['describe'] {
  return (value, truth, show) =>
    truth === 'holds' ? `is ${show(value)}` : judged.describe(value, truth, show);
}

export function notEqual(operand: Scalar): Matcher {
  const same = equal(operand);
  return {
    test: (value) => negate(same.test(value)),
    describe: (value, truth, show) => same.describe(value, negate(truth), show),
  };
}

/** `operands` are of one type, so that a value of another type can't be evaluated as it can't be for `eq`. */
export function oneOf(operands: readonly [Scalar, ...Scalar[]]): Matcher {
  const set: ReadonlySet<unknown> = new Set(operands);
  const phrase = `one of ${showSome(operands.map(showValue), ', ')}`;
  return judge({ ...sameTypeAs(operands[0]), holds: (value) => set.has(value), phrase });
}

/** Whether a list has this element. An element of another type might be meant, so only finding it is certain then. */
export function having(operand: Scalar): Matcher {
  const { accepts } = sameTypeAs(operand);
  const phrase = `having ${showValue(operand)}`;
  return {
    test(value) {
      if (!Array.isArray(value)) return 'unknown';
      const elements: readonly unknown[] = value;
      if (elements.includes(operand)) return 'holds';
      return elements.every(accepts) ? 'fails' : 'unknown';
    },
    describe(value, truth, show) {
      if (!Array.isArray(value)) return `is ${show(value)}, expected a list`;
      if (truth === 'unknown') return `is ${show(value)}, not all of the type of ${showValue(operand)}`;
      return `is ${show(value)}, ${truth === 'holds' ? '' : 'not '}${phrase}`;
    },
  };
}

/** Why these can't be compared with, or undefined: scalars of one type that a double holds exactly. */
export function faultOfScalars(operands: readonly unknown[]): string | undefined {
  if (!operands.every((operand) => isScalar(operand) && isExact(operand))) {
    return 'expected text, a number or true or false';
  }
  if (operands.some((operand) => typeof operand === 'string' && !operand.isWellFormed())) {
    return 'expected well-formed text';
  }
  return new Set(operands.map((operand) => typeof operand)).size > 1
    ? 'expected values of one type'
    : undefined;
}
