import { alternativesOf } from '../path/alternatives.ts';

/** A host and port with what stands before them, or a part of a path. */
const PARTS = /[^\s"'`<>|\\/?#]+:[\\/]+[^\s"'`<>|\\/?#]+|[^\s"'`<>|\\/?#]+/g;
/** What curl writes out: `{a,b}`, `[1-3]`, `[a-c]`, `[1-9:2]`. */
const RANGE = /\[(\d{1,9}|[a-z])-(\d{1,9}|[a-z])(?::\d{1,9})?\]/i;
const HAS_GLOB = /\{[^{}]*\}|\[(?:\d+-\d+|[a-z]-[a-z])(?::\d+)?\]/i;
const MAX_URLS = 64;
const MAX_PART = 512;

/** The parts of a short text that have globs, written out; undefined stands for more than can be. */
export function urlsOf(text: string): readonly (string | undefined)[] {
  return Array.from(text.matchAll(PARTS), ([part]) => part.slice(0, MAX_PART))
    .filter((part) => HAS_GLOB.test(part) && /[:.]/.test(part))
    .flatMap(writtenOut);
}

function writtenOut(word: string): readonly (string | undefined)[] {
  let all = alternativesOf(word);
  for (;;) {
    const next = all.flatMap((one) => ofRange(one));
    if (next.length > MAX_URLS) return [undefined];
    if (next.length === all.length && next.every((one, at) => one === all[at])) return all;
    all = next;
  }
}

function ofRange(word: string): string[] {
  const [whole, first = '', last = ''] = RANGE.exec(word) ?? [];
  if (whole === undefined) return [word];
  const isNumber = /^\d/.test(first) && /^\d/.test(last);
  const from = isNumber ? Number(first) : first.charCodeAt(0);
  const to = isNumber ? Number(last) : last.charCodeAt(0);
  const count = Math.min(Math.max(to - from + 1, 0), MAX_URLS + 1);
  return Array.from({ length: count }, (_, step) => {
    const one = isNumber ? String(from + step).padStart(first.length, '0') : String.fromCharCode(from + step);
    return word.replace(whole, () => one);
  });
}
