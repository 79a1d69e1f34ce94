import type { Matcher } from './matcher.ts';
import type { Show } from './show.ts';
import { joinAll, joinAny, type Truth } from './truth.ts';

const MAX_ELEMENTS = 1000;
/** Characters in a list that is looked through: each may be read often. */
const MAX_CHARACTERS = 16_384;
/** What a list inside a list counts at least. */
const PER_LIST = 1024;

/** Whether each element of a list is as all of these say. */
export function every(matchers: readonly Matcher[]): Matcher {
  return ofElements(matchers, joinAll, (list, deciding, truth) =>
    truth === 'holds'
      ? `is ${list}, of which each fits and the first ${deciding}`
      : `is ${list}, of which one ${deciding}`,
  );
}

/** Whether some element of a list is as all of these say. */
export function some(matchers: readonly Matcher[]): Matcher {
  return ofElements(matchers, joinAny, (list, deciding, truth) =>
    truth === 'fails'
      ? `is ${list}, of which none fits and the first ${deciding}`
      : `is ${list}, of which one ${deciding}`,
  );
}

type Words = (list: string, deciding: string, truth: Truth) => string;

/** An empty list says nothing, and a server may take it for all there is. */
function ofElements(matchers: readonly Matcher[], join: typeof joinAll, words: Words): Matcher {
  const one = { test: (element: unknown) => joinAll(matchers, element) };
  const test = (value: unknown): Truth => {
    if (faultOf(value) !== undefined) return 'unknown';
    return join(
      (value as unknown[]).map((element) => ({ test: () => one.test(element) })),
      undefined,
    );
  };
  const describe = (value: unknown, truth: Truth, show: Show): string => {
    const fault = faultOf(value);
    if (fault !== undefined) return `is ${show(value)}, ${fault}`;
    const deciding = (value as unknown[]).find((element) => one.test(element) === truth);
    const because = matchers.filter((matcher) => matcher.test(deciding) === truth);
    const described = because.map((matcher) => matcher.describe(deciding, truth, show));
    return words(show(value), described.join(' and '), truth);
  };
  return { test, describe };
}

function faultOf(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'expected a list';
  if (value.length === 0) return 'expected at least one element';
  if (value.length > MAX_ELEMENTS) return `expected at most ${MAX_ELEMENTS} elements`;
  const elements: readonly unknown[] = value;
  return sizeOf(elements) > MAX_CHARACTERS ? 'too much to read' : undefined;
}

function sizeOf(elements: readonly unknown[]): number {
  let size = 0;
  for (const element of elements) {
    if (typeof element === 'string') size += element.length;
    if (Array.isArray(element)) size += PER_LIST + sizeOf(element.filter((one) => typeof one === 'string'));
  }
  return size;
}
