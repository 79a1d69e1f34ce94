import type { Characters } from '../glob.ts';

/**
 * A search for a text inside others (Knuth, Morris and Pratt). It reads each character of the other text once, whatever
 * both say, because the one that it searches is the caller's and may be a megabyte.
 */
export function createSearch(needle: string): (text: Characters) => boolean {
  const borders = bordersOf(needle);
  return (text) => {
    let matched = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      while (matched > 0 && needle.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0;
      if (needle.charCodeAt(matched) === code) matched++;
      if (matched === needle.length) return true;
    }
    return needle.length === 0;
  };
}

/** For each start of the needle: how long its longest proper start is that is its end as well. */
function bordersOf(needle: string): number[] {
  const borders = [0];
  let length = 0;
  for (let at = 1; at < needle.length; at++) {
    while (length > 0 && needle[at] !== needle[length]) length = borders[length - 1] ?? 0;
    if (needle[at] === needle[length]) length++;
    borders.push(length);
  }
  return borders;
}
