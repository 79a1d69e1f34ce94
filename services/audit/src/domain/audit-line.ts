import type { AuditLine } from '@aegis/contracts/audit';
import { type Envelope, traceIdOf } from '@aegis/contracts/envelope';
import { isEventType } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import type { Flat } from './flat.ts';
import { FLATTEN } from './flatten.ts';
import { eventIdOf, type Recorded } from './recorded.ts';

/** Keeps a line short enough to be read in one piece, whatever an event brings along. */
const LONGEST_NOTE = 4096;

const unreadable = (note: string): Flat => ({ action: 'unreadable', ok: false, note });

function flatten(event: Envelope | undefined): Flat {
  if (event === undefined) return unreadable('this message is not an event');
  const read = readEvent(event);
  if (read) return (FLATTEN[read.type] as (data: unknown) => Flat)(read.data);
  return unreadable(
    isEventType(event.type) ? `the data does not fit ${event.type}` : `unknown type of event ${event.type}`,
  );
}

const cut = (note: string): string =>
  note.length <= LONGEST_NOTE ? note : `${note.slice(0, LONGEST_NOTE - 1).toWellFormed()}…`;

/** The line of one fact. Every fact has one, so that `seq` has no gaps; what can't be read is `unreadable`, `ok: false`. */
export function toAuditLine(recorded: Recorded): AuditLine {
  const { seq, event, storedAt } = recorded;
  const flat = flatten(event);
  return {
    seq,
    ts: event?.time ?? storedAt.toISOString(),
    trace_id: flat.trace_id ?? (event === undefined ? undefined : traceIdOf(event)) ?? null,
    action: flat.action,
    ok: flat.ok ?? null,
    tool: flat.tool ?? null,
    op: flat.op ?? null,
    amount_cents: flat.amount_cents ?? null,
    status: flat.status ?? null,
    note: typeof flat.note === 'string' ? cut(flat.note) : null,
    dry_run_id: flat.dry_run_id,
    approval_id: flat.approval_id,
    principal: flat.principal,
    policy_digest: flat.policy_digest,
    call_id: flat.call_id,
    server: flat.server,
    door: flat.door,
    client: flat.client,
    event_id: eventIdOf(recorded),
    type: event?.type ?? 'unreadable',
  };
}
