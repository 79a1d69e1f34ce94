import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from '@aegis/kit/json';

const SPACE = 0x20;
/** An item has at least one character and a comma before it or a bracket around it. */
const SMALLEST_ITEM = 2;

/** The index of the quote that ends the string; the length of the text where none does. */
function closingQuote(text: string, start: number): number {
  const quote = text.indexOf('"', start + 1);
  if (quote === -1) return text.length;
  if (text.charCodeAt(quote - 1) !== BACKSLASH) return quote;
  for (let at = start + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === BACKSLASH) at++;
    else if (c === QUOTE) return at;
  }
  return text.length;
}

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
    if (c === QUOTE) at = closingQuote(text, at);
  }
  return items > max;
}
