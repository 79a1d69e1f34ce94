import { type AuditLine, CLIENTS_ENTRY } from '@aegis/contracts/audit';
import { paint, type Style } from '../format/paint.ts';
import { cellText, visible } from '../format/visible.ts';
import type { Host } from '../host.ts';

const ACTION_WIDTH = 20;
const STATUS_WIDTH = 9;

const styleOf = (ok: boolean | null): Style => (ok === null ? 'dim' : ok ? 'green' : 'red');

/** Whether it went well: what a client says of itself is in nobody's colour. */
function outcome(host: Host, { status, ok, type }: AuditLine): string {
  const said = ok === null ? '-' : ok ? 'ok' : 'failed';
  if (type === CLIENTS_ENTRY) return paint(host, host.stdout, 'dim', `"${said}"`.padEnd(STATUS_WIDTH));
  return paint(host, host.stdout, styleOf(ok), visible(status ?? said).padEnd(STATUS_WIDTH));
}

/** One entry on one line for people: time, action, status, what was called, the note. */
export function entryLine(host: Host, entry: AuditLine): string {
  const amount = entry.amount_cents === null ? null : `${entry.amount_cents} cents`;
  const called = [entry.tool, entry.op, amount, entry.currency ?? null];
  const parts = [
    visible(entry.ts),
    cellText(entry.action).padEnd(ACTION_WIDTH),
    outcome(host, entry),
    ...called.filter((part) => part !== null).map(cellText),
    ...(entry.type === CLIENTS_ENTRY ? [`by ${cellText(entry.principal ?? '?')}`] : []),
    ...(entry.note === null ? [] : [`- ${cellText(entry.note)}`]),
  ];
  return parts.join('  ');
}
