import { createWithin, type Within, type WithinTest } from '../path/within.ts';
import { isText, type Matcher } from './matcher.ts';
import { type Show, showSome, showText } from './show.ts';
import { type Truth, truthOf } from './truth.ts';

/** A list of more is not looked through. */
const MAX_PATHS = 1000;
/** For all spellings of all paths in a list: so many are read in some ten milliseconds. */
const MAX_READ = 262_144;

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
    return unknown((show) => `is ${show(value)}, expected a path or a list of paths`);
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

/** Some within and some not is neither yes nor no: a rule that denies a folder must not be skipped for half of a list. */
function judgeList(list: readonly unknown[], within: WithinTest, phrase: string): Finding {
  const paths = list.length > MAX_PATHS ? [] : list.filter(isText);
  const fault = faultOfList(list, paths);
  if (fault !== undefined) return unknown((show) => `is ${show(list)}, ${fault}`);
  const allowance = { left: MAX_READ };
  const sides: { inside?: string; outside?: string } = {};
  let unsure: Finding | undefined;
  for (const path of paths) {
    const answer = within(path, allowance);
    if (allowance.left < 0) return unknown((show) => `is ${show(list)}, too much to read`);
    if (answer.known) sides[answer.within ? 'inside' : 'outside'] ??= path;
    else unsure ??= unknown((show) => `is ${show(list)}, of which ${show(path)} is ${answer.because}`);
  }
  return unsure ?? judgeSides(list, sides, phrase);
}

function judgeSides(
  list: readonly unknown[],
  { inside, outside }: { inside?: string; outside?: string },
  phrase: string,
): Finding {
  if (outside === undefined) return { truth: 'holds', words: (show) => `is ${show(list)}, each ${phrase}` };
  const isNot: Finding['words'] = (show) => `is ${show(list)}, of which ${show(outside)} is not ${phrase}`;
  if (inside === undefined) return { truth: 'fails', words: isNot };
  return unknown((show) => `${isNot(show)} and ${show(inside)} is`);
}

/** An empty list says nothing, and a server may take it for all there is. */
function faultOfList(list: readonly unknown[], paths: readonly string[]): string | undefined {
  if (list.length === 0) return 'expected at least one path';
  if (list.length > MAX_PATHS) return `expected at most ${MAX_PATHS} paths`;
  return paths.length < list.length ? 'not all of it text' : undefined;
}

function unknown(words: Finding['words']): Finding {
  return { truth: 'unknown', words };
}
