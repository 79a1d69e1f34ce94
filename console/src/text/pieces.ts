import { codePoint, INVISIBLE, UNUSUAL_SPACE } from '@aegis/kit/text';

/** A run of text, or of characters that nobody would see, by their code points. */
export type Piece = { text: string; hidden: boolean };

const hiddenIn = (spared: string): RegExp =>
  new RegExp(`(?:${spared}${INVISIBLE.source}|${UNUSUAL_SPACE.source})+`, 'gu');
const ON_ONE_LINE = hiddenIn('');
const ON_MANY_LINES = hiddenIn('(?![\\n\\t])');

const asCodePoints = (run: string): string => Array.from(run, codePoint).join('');

/**
 * Text from outside, cut where it has something to show that is invisible. On `many` lines, line ends and tabs are what they
 * are; on `one` they are shown by their code point too.
 */
export function pieces(text: string, lines: 'one' | 'many'): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(lines === 'one' ? ON_ONE_LINE : ON_MANY_LINES)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index), hidden: false });
    found.push({ text: asCodePoints(match[0]), hidden: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from), hidden: false });
  return found;
}

/** The same as one string, where there is no room for markup: titles, labels, notifications. */
export const plain = (text: string, lines: 'one' | 'many' = 'one'): string =>
  pieces(text, lines)
    .map((piece) => piece.text)
    .join('');
