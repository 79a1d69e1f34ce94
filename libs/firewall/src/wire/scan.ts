import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfString,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '@aegis/kit/json';
import { isExactNumber } from './exact-number.ts';

/** A top-level member as it is written, the value without the whitespace around it. */
export type TopMember = { readonly key: string; readonly value: string };

/** What the text of an object says beyond its parsed value. */
export type Scan = {
  /** What `countMembers` counts, on the way: the text is walked for the rest of this anyway. */
  readonly members: number;
  /** Levels of brackets, 1 for a flat object. */
  readonly depth: number;
  /** False where a number is none by {@link isExactNumber}. */
  readonly hasExactNumbers: boolean;
  /** Where the top-level members stand: for each one the start and end of its key, its colon, and what ends it. */
  readonly top: readonly number[];
};

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;
/** Without an exponent, a positive number with this few characters has no more digits than each double keeps. */
const SHORT_NUMBER = 15;

const isNumberPart = (c: number): boolean =>
  (c >= ZERO && c <= NINE) || c === DOT || c === LOWER_E || c === UPPER_E || c === MINUS || c === PLUS;

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (isNumberPart(text.charCodeAt(end))) end++;
  return end;
}

function isShort(text: string, start: number, end: number): boolean {
  if (end - start > SHORT_NUMBER || text.charCodeAt(start) === MINUS) return false;
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === LOWER_E || c === UPPER_E) return false;
  }
  return true;
}

function isExact(text: string, start: number, end: number): boolean {
  if (isShort(text, start, end)) return true;
  return isExactNumber(text.slice(start, end));
}

/**
 * Walks once over the text of an object that is known to be valid JSON. Linear, and without recursion, so that a
 * million brackets are no trouble.
 */
export function scanObject(text: string): Scan {
  const top: number[] = [];
  let members = 0;
  let depth = 0;
  let deepest = 0;
  let hasExactNumbers = true;
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
    } else if (c === MINUS || (c >= ZERO && c <= NINE)) {
      const end = endOfNumber(text, at);
      hasExactNumbers &&= isExact(text, at, end);
      at = end - 1;
    }
  }
  return { members, depth: deepest, hasExactNumbers, top };
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
