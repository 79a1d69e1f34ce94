import type { Within, WithinTest } from '../path/within.ts';
import { isText, type Matcher } from './matcher.ts';
import type { Show } from './show.ts';
import { type Truth, truthOf } from './truth.ts';

/** A list of more is not looked through. */
const MAX_LISTED = 1000;
/** For all spellings of all texts in a list: so many are read in some ten milliseconds. */
const MAX_READ = 262_144;

/** What a value comes to, and how the reason goes on that starts with the field's name. */
interface Finding {
  readonly truth: Truth;
  readonly words: (show: Show) => string;
}

/** A question about where something is: a path, a URL, an address. */
export interface Place {
  readonly test: WithinTest;
  /** What is so where it is there: `within /srv`. */
  readonly phrase: string;
  /** What is asked about, as one and as many: `path`, `paths`. */
  readonly one: string;
  readonly many: string;
}

/** Where one text or each of a list is. A list is there where all of it is, and is not where none is. */
export function placed(place: Place): Matcher {
  const judge = (value: unknown): Finding => {
    if (typeof value === 'string') return judgeOne(value, place.test(value), place.phrase);
    if (Array.isArray(value)) return judgeList(value, place);
    return unknown((show) => `is ${show(value)}, expected ${article(place.one)} or a list of ${place.many}`);
  };
  return {
    test: (value) => judge(value).truth,
    describe: (value, _truth, show) => judge(value).words(show),
  };
}

function article(noun: string): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function judgeOne(text: string, answer: Within, phrase: string): Finding {
  if (!answer.known) return unknown((show) => `is ${show(text)}, ${answer.because}`);
  const { within } = answer;
  return { truth: truthOf(within), words: (show) => `is ${show(text)}, ${within ? '' : 'not '}${phrase}` };
}

/** Some there and some not is neither yes nor no: a rule that denies a folder must not be skipped for half of a list. */
function judgeList(list: readonly unknown[], place: Place): Finding {
  const texts = list.length > MAX_LISTED ? [] : list.filter(isText);
  const fault = faultOfList(list, texts, place);
  if (fault !== undefined) return unknown((show) => `is ${show(list)}, ${fault}`);
  const allowance = { left: MAX_READ };
  const sides: { inside?: string; outside?: string } = {};
  let unsure: Finding | undefined;
  for (const text of texts) {
    const answer = place.test(text, allowance);
    if (allowance.left < 0) return unknown((show) => `is ${show(list)}, too much to read`);
    if (answer.known) sides[answer.within ? 'inside' : 'outside'] ??= text;
    else unsure ??= unknown((show) => `is ${show(list)}, of which ${show(text)} is ${answer.because}`);
  }
  return unsure ?? judgeSides(list, sides, place.phrase);
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
function faultOfList(
  list: readonly unknown[],
  texts: readonly string[],
  { one, many }: Place,
): string | undefined {
  if (list.length === 0) return `expected at least one ${one}`;
  if (list.length > MAX_LISTED) return `expected at most ${MAX_LISTED} ${many}`;
  return texts.length < list.length ? 'not all of it text' : undefined;
}

function unknown(words: Finding['words']): Finding {
  return { truth: 'unknown', words };
}
