import { count } from '@aegis/kit/text';
import { plain } from './pieces.ts';

/** How many characters a line has on the narrowest phone that the console is made for: 390 px wide. */
export const COLUMNS = { value: 26, name: 10 } as const;
/** A text of more lines than this gets a window of its own, so that it can't push what follows it out of sight. */
const MOST_LINES = 12;
/** From here on characters of East Asia begin, which are two wide. */
const WIDE = 0x11_00;

const widthOf = (line: string): number => {
  let width = 0;
  for (const char of line) width += (char.codePointAt(0) ?? 0) >= WIDE ? 2 : char === '\t' ? 4 : 1;
  return width;
};

/** Whether a text takes more than a dozen lines where it is drawn so many columns wide. */
export function isLong(text: string, columns: number): boolean {
  if (text.length > MOST_LINES * columns) return true;
  const lines = plain(text, 'many').split('\n');
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0) > MOST_LINES;
}

/** Bytes for people: `812 bytes`, `1.4 KB`, `3.0 MB`. */
export function size(bytes: number): string {
  if (bytes < 1024) return count(bytes, 'byte');
  const [n, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KB'] : [bytes / (1024 * 1024), 'MB'];
  return `${n.toFixed(n < 100 ? 1 : 0)} ${unit}`;
}

/** How long a text is: `1,401 lines, 1.4 KB`. */
export const extent = (text: string): string =>
  `${count(text.split('\n').length, 'line')}, ${size(new TextEncoder().encode(text).length)}`;
