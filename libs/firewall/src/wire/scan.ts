import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfNumber,
  endOfString,
  isNumberStart,
  isPlainNumber,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '@aegis/kit/json';

/** A top-level member as it is written, the value without the whitespace around it. */
export type TopMember = { readonly key: string; readonly value: string };

/** What the text of an object says beyond its parsed value. */
export type Scan = {
  /** What `countMembers` counts, on the way: the text is walked for the rest of this anyway. */
  readonly members: number;
  /** Levels of brackets, 1 for a flat object. */
  readonly depth: number;
  /** False where a number is written in another way than JavaScript writes it: a double would not say the same. */
  readonly hasPlainNumbers: boolean;
  /** Where the top-level members stand: for each one the start and end of its key, its colon, and what ends it. */
  readonly top: readonly number[];
};

/**
 * Walks once over the text of an object that is known to be valid JSON. Linear, and without recursion, so that a
 * million brackets are no trouble.
 */
export function scanObject(text: string): Scan {
  const top: number[] = [];
  let members = 0;
  let depth = 0;
  let deepest = 0;
  let hasPlainNumbers = true;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) {
      const end = endOfString(text, at);
      // At depth 1 a string is a key unless a key and its colon are there already.
      if (depth === 1 && top.length % 4 === 0) top.push(at, end);
      at = end - 1;
    } else if (c === COLON) {
      members++;
      if (depth === 1) top.push(at);
    } else if (c === COMMA) {
      if (depth === 1) top.push(at);
    } else if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      if (++depth > deepest) deepest = depth;
    } else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) {
      if (--depth === 0 && top.length % 4 === 3) top.push(at);
    } else if (isNumberStart(c)) {
      const end = endOfNumber(text, at);
      hasPlainNumbers &&= isPlainNumber(text, at, end);
      at = end - 1;
    }
  }
  return { members, depth: deepest, hasPlainNumbers, top };
}

/** The top-level members of a scanned text, in their order. */
export function topMembers(text: string, { top }: Scan): TopMember[] {
  const found: TopMember[] = [];
  for (let i = 0; i + 3 < top.length; i += 4) {
    const key = text.slice(top[i], top[i + 1]);
    found.push({ key, value: text.slice((top[i + 2] as number) + 1, top[i + 3]).trim() });
  }
  return found;
}
