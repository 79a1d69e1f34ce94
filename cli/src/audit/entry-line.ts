import type { AuditLine } from '@aegis/contracts/audit';
import { paint, type Style } from '../format/paint.ts';
import { visible } from '../format/visible.ts';
import type { Host } from '../host.ts';

const ACTION_WIDTH = 20;
const STATUS_WIDTH = 9;

const styleOf = (ok: boolean | null): Style => (ok === null ? 'dim' : ok ? 'green' : 'red');

/** One entry on one line for people: time, action, status, what was called, the note. */
export function entryLine(host: Host, entry: AuditLine): string {
  const status = visible(entry.status ?? (entry.ok === null ? '-' : entry.ok ? 'ok' : 'failed'));
  const called = [entry.tool, entry.op, entry.amount_cents === null ? null : `${entry.amount_cents} cents`];
  const parts = [
    visible(entry.ts),
    visible(entry.action).padEnd(ACTION_WIDTH),
    paint(host, host.stdout, styleOf(entry.ok), status.padEnd(STATUS_WIDTH)),
    ...called.filter((part) => part !== null).map(visible),
    ...(entry.note === null ? [] : [`- ${visible(entry.note)}`]),
  ];
  return parts.join('  ');
}
