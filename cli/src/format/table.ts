import { visible } from './visible.ts';

export type Cell = string | number | boolean | null | undefined;

const GAP = '  ';

const show = (cell: Cell): string =>
  cell === undefined || cell === null || cell === '' ? '-' : visible(String(cell));

/** Columns for people: a header and rows, as wide as their widest cell, cut where the terminal ends. */
export function alignColumns(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  columns: number,
): string[] {
  const lines = [header, ...rows.map((row) => row.map(show))];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => cut(line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(GAP), columns));
}

/** The same rows for programs: one line each, cells parted by tabs, nothing cut, an empty cell where there is nothing. */
export function tabSeparate(rows: readonly (readonly Cell[])[]): string[] {
  return rows.map((row) => row.map((cell) => visible(String(cell ?? ''))).join('\t'));
}

/** At most `columns` characters, with a sign where something is missing. */
export function cut(line: string, columns: number): string {
  const trimmed = line.trimEnd();
  return trimmed.length <= columns ? trimmed : `${trimmed.slice(0, Math.max(columns - 1, 0))}…`;
}
