import { eastAsianWidth } from 'get-east-asian-width';
import { cellText, visible } from './visible.ts';

export type Cell = string | number | boolean | null | undefined;

const GAP = '  ';
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

/** At most so many columns, with a sign where something is missing. */
export function cut(line: string, columns: number): string {
  const trimmed = line.trimEnd();
  return columnsOf(trimmed) <= columns ? trimmed : fit(trimmed, columns).trimEnd();
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

const show = (cell: Cell): string =>
  cell === undefined || cell === null || cell === '' ? '-' : cellText(String(cell));

/** A table for people: a header and rows, as wide as their widest cell, cut where the terminal ends. */
export function alignColumns(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns: number,
): string[] {
  const lines = [header, ...rows.map((row) => row.map(show))];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => columnsOf(line[column] ?? ''))));
  return lines.map((line) => cut(line.map((cell, i) => fit(cell, widths[i] ?? 0)).join(GAP), columns));
}

/** The same rows for programs: one line each, cells parted by tabs, nothing cut, an empty cell where there is nothing. */
export function tabSeparate(rows: readonly (readonly Cell[])[]): string[] {
  return rows.map((row) => row.map((cell) => visible(String(cell ?? ''))).join('\t'));
}
