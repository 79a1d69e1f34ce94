import type { AuditLine } from '@aegis/contracts/audit';
import { type Envelope, traceIdOf } from '@aegis/contracts/envelope';
import {
  EVENT_TYPES,
  type EventDefinition,
  type Flat,
  isEventType,
  sameWords,
} from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { tolerant } from '@aegis/contracts/tolerant';
import type { z } from 'zod';
import { eventIdOf, type Recorded } from './recorded.ts';

/** Keeps a line short enough to be read in one piece, whatever an event brings along. */
const LONGEST_NOTE = 4096;

const unreadable = (note: string): Flat => ({ action: 'unreadable', ok: false, note });

/** Why an event says nothing that counts. */
function fault({ type, data }: Envelope, subject: string): string {
  if (!isEventType(type)) return `unknown type of event ${type}`;
  const fits = tolerant<z.ZodType>(EVENT_TYPES[type].schema, 'kept').safeParse(data).success;
  return fits ? `${type} does not belong on ${subject}` : `the data does not fit ${type}`;
}

function flatten(recorded: Recorded): Flat {
  const { event, subject } = recorded;
  if (event === undefined) return unreadable('this message is not an event');
  const read = readEvent(recorded);
  if (!read) return unreadable(fault(event, subject));
  const definition: EventDefinition = EVENT_TYPES[read.type];
  const [, area, happened] = read.type.split('.');
  return {
    action: `${area}.${happened}`,
    ...sameWords(definition.schema.shape, read.data),
    ...definition.audit?.(read.data),
  };
}

const cut = (note: string): string =>
  note.length <= LONGEST_NOTE ? note : `${note.slice(0, LONGEST_NOTE - 1).toWellFormed()}…`;

/** The line of one fact. Every fact has one, so that `seq` has no gaps; what can't be read is `unreadable`, `ok: false`. */
export function toAuditLine(recorded: Recorded): AuditLine {
  const { seq, event, storedAt } = recorded;
  const flat = flatten(recorded);
  return {
    seq,
    ts: event?.time ?? storedAt.toISOString(),
    trace_id: flat.trace_id ?? (event === undefined ? undefined : traceIdOf(event)) ?? null,
    action: flat.action ?? 'unreadable',
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
