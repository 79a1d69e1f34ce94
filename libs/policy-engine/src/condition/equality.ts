import { isNumber, WrittenNumber, withPlainNumbers } from '@aegis/kit/numbers';
import {
  instead,
  isComparable,
  isScalar,
  judge,
  type Matcher,
  roundsTo,
  type Scalar,
  sameTypeAs,
  TOO_LARGE_TO_COMPARE,
  typeOf,
} from './matcher.ts';
import { showSome, showValue } from './show.ts';
import { spelled } from './spelled.ts';
import { negate, type Truth, truthOf } from './truth.ts';

export function equal(operand: Scalar, ignoreCase = false): Matcher {
  const phrase = showValue(operand);
  const is =
    typeof operand === 'string' ? equalText([operand], phrase, ignoreCase) : equalValue([operand], phrase);
  return { ...is, describe: describeEqual(is) };
}

/** Where it is equal, saying so twice says no more. */
function describeEqual(is: Matcher): Matcher['describe'] {
  return (value, truth, show) => (truth === 'holds' ? `is ${show(value)}` : is.describe(value, truth, show));
}

export function notEqual(operand: Scalar, ignoreCase = false): Matcher {
  const same = equal(operand, ignoreCase);
  return {
    test: (value) => negate(same.test(value)),
    describe: (value, truth, show) => same.describe(value, negate(truth), show),
  };
}

/** `operands` are of one type, so that a value of another type can't be evaluated as it can't be for `eq`. */
export function oneOf(operands: readonly [Scalar, ...Scalar[]], ignoreCase = false): Matcher {
  const phrase = `one of ${showSome(operands.map(showValue), ', ')}`;
  const texts = operands.filter((operand) => typeof operand === 'string');
  return texts.length > 0 ? equalText(texts, phrase, ignoreCase) : equalValue(operands, phrase);
}

/**
 * Whether an operation that stands in an argument is one of these. Whoever reads it may take another case or form for the
 * same one, so what only looks like one of them can't be evaluated.
 */
export function oneOfOperations(operations: readonly [string, ...string[]]): Matcher {
  const exactly = oneOf(operations);
  const alike = oneOf(operations, true);
  return {
    ...exactly,
    test(value) {
      const truth = exactly.test(value);
      return truth === 'fails' && alike.test(value) !== 'fails' ? 'unknown' : truth;
    },
  };
}

/** Equal numbers are equal in whatever way they are written; what a double doesn't hold is equal by its digits. */
const inOneForm = (value: Scalar): string | number | boolean => {
  if (!(value instanceof WrittenNumber)) return value;
  const plain = withPlainNumbers(value);
  return plain instanceof WrittenNumber ? plain.text : (plain as string | number | boolean);
};

function equalValue(operands: readonly [Scalar, ...Scalar[]], phrase: string): Matcher {
  const set = new Set(operands.map(inOneForm));
  const holds = (value: Scalar): boolean => set.has(inOneForm(value));
  // What stands there is what the rule names: whoever rounds it rounds that, too.
  const differs = (value: Scalar, isNow: boolean): boolean => !isNow && roundsTo(value, holds);
  return judge({ ...sameTypeAs(operands[0]), holds, differs, phrase });
}

/** The very same text is equal whatever is in it. */
function equalText(operands: readonly string[], phrase: string, ignoreCase: boolean): Matcher {
  const exact: ReadonlySet<unknown> = new Set(operands);
  const alike = spelled({
    comparing: (spell) => {
      const set = new Set(operands.map(spell));
      return (value) => set.has(value);
    },
    ignoreCase,
    phrase,
  });
  return { ...alike, test: (value) => (exact.has(value) ? 'holds' : alike.test(value)) };
}

/** So short a number that a double holds about has a power of ten that can be compared. */
const SHORT = 64;

/**
 * Whether an element is equal to a number, where a look at its double tells; undefined where it takes more. A list may have
 * hundreds of thousands of them.
 */
function atOnce(operand: Scalar): (element: unknown) => boolean | undefined {
  if (typeof operand !== 'number' || Math.abs(operand) > Number.MAX_SAFE_INTEGER) return () => undefined;
  return (element) => {
    if (typeof element === 'number')
      return Math.abs(element) <= Number.MAX_SAFE_INTEGER ? element === operand : undefined;
    if (!(element instanceof WrittenNumber) || element.text.length > SHORT) return undefined;
    const double = Number(element.text);
    // Neither it nor what any reader rounds it to is the operand.
    return Number.isFinite(double) && double !== 0 && double !== operand ? false : undefined;
  };
}

/** Whether a list has this element. An element of another type might be meant, so only finding it is certain then. */
export function having(operand: Scalar, ignoreCase = false): Matcher {
  const is = equal(operand, ignoreCase);
  const isAtOnce = atOnce(operand);
  const phrase = `having ${showValue(operand)}`;
  return {
    test(value) {
      if (!Array.isArray(value)) return 'unknown';
      let joined: Truth = 'fails';
      for (const element of value as unknown[]) {
        const isEqual = isAtOnce(element);
        const truth = isEqual === undefined ? is.test(element) : truthOf(isEqual);
        if (truth === 'holds') return truth;
        if (truth === 'unknown') joined = truth;
      }
      return joined;
    },
    describe(value, truth, show) {
      if (!Array.isArray(value)) return `is ${show(value)}, expected a list`;
      if (truth !== 'unknown') return `is ${show(value)}, ${truth === 'holds' ? '' : 'not '}${phrase}`;
      const { accepts } = sameTypeAs(operand);
      if (value.some((one) => isNumber(one) && !isComparable(one)))
        return `is ${show(value)}, of which one is ${TOO_LARGE_TO_COMPARE}`;
      if (!value.every(accepts)) return `is ${show(value)}, not all of the type of ${showValue(operand)}`;
      const doubtful: unknown = value.find((element) => is.test(element) === 'unknown');
      return `is ${show(value)}, of which one ${is.describe(doubtful, truth, show)}`;
    },
  };
}

/** Why these can't be compared with, or undefined: scalars of one type. */
export function faultOfScalars(operands: readonly unknown[]): string | undefined {
  const odd = operands.find((operand) => !isScalar(operand));
  if (!operands.every(isScalar)) return instead(odd, 'text, a number or true or false');
  if (operands.some((operand) => typeof operand === 'string' && !operand.isWellFormed())) {
    return 'expected well-formed text';
  }
  return new Set(operands.map(typeOf)).size > 1 ? 'expected values of one type' : undefined;
}
