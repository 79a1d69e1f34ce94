import { createWithin, type Within } from '../path/within.ts';
import { isText, type Matcher } from './matcher.ts';
import { type Show, showSome, showText } from './show.ts';
import { type Truth, truthOf } from './truth.ts';

/** A list of more is not looked through. */
const MAX_PATHS = 1000;
/** The characters of all paths in a list: a path may take thirty times as long to read as plain text. */
const MAX_TOGETHER = 65_536;

/** What a value comes to, and how the reason goes on that starts with the field's name. */
interface Finding {
  readonly truth: Truth;
  readonly words: (show: Show) => string;
}

/**
 * Whether a path, or the path in a `file:` URI, is at one of the roots or below it. A list is where each of its paths is,
 * and is not where one certainly isn't.
 */
export function pathWithin(roots: readonly string[]): Matcher {
  const within = createWithin(roots);
  const phrase = `within ${showSome(roots.map(showText), ' or ')}`;
  const judge = (value: unknown): Finding => {
    if (typeof value === 'string') return judgeOne(value, within(value), phrase);
    if (Array.isArray(value)) return judgeList(value, within, phrase);
    return unknown((show) => `is ${show(value)}, expected a path`);
  };
  return {
    test: (value) => judge(value).truth,
    describe: (value, _truth, show) => judge(value).words(show),
  };
}

function judgeOne(path: string, answer: Within, phrase: string): Finding {
  if (!answer.known) return unknown((show) => `is ${show(path)}, ${answer.because}`);
  const { within } = answer;
  return { truth: truthOf(within), words: (show) => `is ${show(path)}, ${within ? '' : 'not '}${phrase}` };
}

function judgeList(list: readonly unknown[], within: (path: string) => Within, phrase: string): Finding {
  const fault = faultOfList(list);
  if (fault !== undefined) return unknown((show) => `is ${show(list)}, ${fault}`);
  let unsure: Finding | undefined;
  for (const path of list.filter(isText)) {
    const answer = within(path);
    if (answer.known && !answer.within) {
      return { truth: 'fails', words: (show) => `is ${show(list)}, and ${show(path)} in it not ${phrase}` };
    }
    if (!answer.known) {
      unsure ??= unknown((show) => `is ${show(list)}, and ${show(path)} in it is ${answer.because}`);
    }
  }
  return unsure ?? { truth: 'holds', words: (show) => `is ${show(list)}, each ${phrase}` };
}

/** An empty list says nothing, and a server may take it for all there is. */
function faultOfList(list: readonly unknown[]): string | undefined {
  if (list.length === 0) return 'expected at least one path';
  if (list.length > MAX_PATHS) return `expected at most ${MAX_PATHS} paths`;
  // Not `every`, which passes over holes.
  if (list.filter(isText).length < list.length) return 'expected nothing but paths in it';
  const together = list.filter(isText).reduce((sum, { length }) => sum + length, 0);
  return together > MAX_TOGETHER
    ? `expected paths of at most ${MAX_TOGETHER} characters together`
    : undefined;
}

function unknown(words: Finding['words']): Finding {
  return { truth: 'unknown', words };
}
