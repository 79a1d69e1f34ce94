import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  endOfString,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './json-text.ts';

/**
 * How many members and elements in all what a client or a caller sends may have: reading, checking and binding them costs
 * by their number, in one piece of the event loop, and everybody waits for that. A real call has hundreds.
 */
export const MAX_SENT_ITEMS = 20_000;

export const tooManyItems = (what: string, max: number): string =>
  `The ${what} has more than ${max} members and elements in all.`;

const SPACE = 0x20;
/** An item has at least one character and a comma before it or a bracket around it. */
const SMALLEST_ITEM = 2;

/**
 * Whether objects and arrays have more than `max` members and elements in all. For text that nobody has parsed yet: where
 * it is no JSON, the answer means nothing. Linear, and it stops at the first one too many.
 */
export function hasMoreItems(text: string, max: number): boolean {
  if (text.length < max * SMALLEST_ITEM) return false;
  let items = 0;
  let isFirst = false;
  for (let at = 0; at < text.length && items <= max; at++) {
    const c = text.charCodeAt(at);
    if (c <= SPACE) continue;
    const isClose = c === CLOSE_OBJECT || c === CLOSE_ARRAY;
    // A container's first item has no comma before it.
    if (c === COMMA || (isFirst && !isClose)) items++;
    isFirst = c === OPEN_OBJECT || c === OPEN_ARRAY;
    if (c === QUOTE) {
      const end = endOfString(text, at);
      if (end === 0) break;
      at = end - 1;
    }
  }
  return items > max;
}
