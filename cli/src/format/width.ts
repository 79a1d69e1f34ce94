import { eastAsianWidth } from 'get-east-asian-width';

const COMBINING = /^\p{M}$/u;

/** Columns that a terminal gives a character which is not hostile: see `visible`. */
const widthOf = (character: string): number =>
  COMBINING.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);

/** Columns that a line takes. */
export function columnsOf(line: string): number {
  let columns = 0;
  for (const character of line) columns += widthOf(character);
  return columns;
}

/** A line that takes exactly so many columns: filled up with spaces, or cut with a sign that something is missing. */
export function fit(line: string, columns: number): string {
  const missing = columns - columnsOf(line);
  if (missing >= 0) return line + ' '.repeat(missing);
  let [kept, taken] = ['', 0];
  for (const character of line) {
    const width = widthOf(character);
    if (taken + width > columns - 1) break;
    kept += character;
    taken += width;
  }
  return `${kept}…${' '.repeat(Math.max(columns - 1 - taken, 0))}`;
}

/** The same text on as many lines as it needs, nothing cut; each line after the first begins with `again`. */
export function wrap(line: string, columns: number, again = '↪ '): string[] {
  const lines: string[] = [];
  let [current, taken] = ['', 0];
  for (const character of line) {
    const width = widthOf(character);
    if (taken + width > columns) {
      lines.push(current);
      [current, taken] = [again, columnsOf(again)];
    }
    current += character;
    taken += width;
  }
  return [...lines, current];
}
