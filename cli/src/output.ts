import { alignColumns, type Cell, tabSeparate } from './format/columns.ts';
import { paint } from './format/paint.ts';
import { toSafeJson } from './format/visible.ts';
import type { GlobalOptions, Host } from './host.ts';

const DEFAULT_COLUMNS = 80;

/** One JSON document on stdout. */
export function printDocument(host: Host, document: unknown): void {
  host.stdout.write(`${toSafeJson(document, 2)}\n`);
}

/** A line on stdout; what came from elsewhere in it must be made visible first. */
export function printLine(host: Host, line: string): void {
  host.stdout.write(`${line}\n`);
}

/** A remark that is not the answer: on stderr, so that stdout stays what it was asked for. */
export function printNote(host: Host, line: string): void {
  host.stderr.write(`${line}\n`);
}

/** A whole answer as JSON; else its table, at a terminal, and elsewhere lines parted by tabs, without a header. */
export function printList(
  host: Host,
  { json }: GlobalOptions,
  answer: unknown,
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  whenEmpty: string,
): void {
  if (json) return printDocument(host, answer);
  if (host.stdout.isTTY !== true) {
    for (const line of tabSeparate(rows)) printLine(host, line);
    return;
  }
  if (rows.length === 0) {
    printLine(host, whenEmpty);
    return;
  }
  const [top = '', ...lines] = alignColumns(header, rows, host.stdout.columns || DEFAULT_COLUMNS);
  printLine(host, paint(host, host.stdout, 'bold', top));
  for (const line of lines) printLine(host, line);
}
