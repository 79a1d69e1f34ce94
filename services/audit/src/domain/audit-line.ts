import { type AuditLine, CLIENTS_ENTRY, clientsAction, UNREADABLE } from '@aegis/contracts/audit';
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
import { eventIdOf, type Placed } from './recorded.ts';

/** Keeps a line short enough to be read in one piece, whatever an event brings along. */
const LONGEST_NOTE = 4096;

/** How far the clocks of services may be off the log's before a time is not believed. */
export const CLOCKS_DIFFER_MS = 24 * 60 * 60 * 1000;

/** When it happened: by the event's own word, where the log took it within a day of that; else when the log took it. */
function timeOf(event: Envelope, storedAt: Date): string {
  const isNear = Math.abs(Date.parse(event.time) - storedAt.getTime()) <= CLOCKS_DIFFER_MS;
  return isNear ? event.time : storedAt.toISOString();
}

const unreadable = (note: string): Flat => ({ action: UNREADABLE, ok: false, note });

/** Why an event says nothing that counts. */
function fault({ type, data }: Envelope, subject: string): string {
  if (!isEventType(type)) return `unknown type of event ${type}`;
  const fits = tolerant<z.ZodType>(EVENT_TYPES[type].schema, 'kept').safeParse(data).success;
  return fits ? `${type} does not belong on ${subject}` : `the data does not fit ${type}`;
}

/** What an event says that can be believed; otherwise why not. */
function flatten(recorded: Placed): { type: string; said: Flat } | { fault: string } {
  const { event, subject, repeats } = recorded;
  if (event === undefined) return { fault: `this message on ${subject} is not an event` };
  const read = readEvent(recorded);
  if (!read) return { fault: fault(event, subject) };
  if (repeats !== undefined)
    return { fault: `${event.type} on ${subject} has the id of the event at ${repeats}` };
  const definition: EventDefinition = EVENT_TYPES[read.type];
  const [, area, happened] = read.type.split('.');
  const said = {
    action: `${area}.${happened}`,
    ...sameWords(definition.schema.shape, read.data),
    ...definition.audit?.(read.data),
  };
  return { type: event.type, said: { trace_id: traceIdOf(event), ...said } };
}

const cut = (note: string): string =>
  note.length <= LONGEST_NOTE ? note : `${note.slice(0, LONGEST_NOTE - 1).toWellFormed()}…`;

/**
 * The line of one fact. Every fact has one, so that `seq` has no gaps. What can't be read is `unreadable`, `ok: false`, at
 * the time when it was stored: its type, its time and its trace are nobody's word.
 */
export function toAuditLine(recorded: Placed): AuditLine {
  const { seq, event, storedAt } = recorded;
  const flattened = flatten(recorded);
  const isRead = 'said' in flattened;
  const flat = isRead ? flattened.said : unreadable(flattened.fault);
  return {
    seq,
    ts: isRead && event ? timeOf(event, storedAt) : storedAt.toISOString(),
    trace_id: flat.trace_id ?? null,
    action: flat.action ?? UNREADABLE,
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
    currency: flat.currency,
    server: flat.server,
    door: flat.door,
    client: flat.client,
    event_id: eventIdOf(recorded),
    type: isRead ? flattened.type : UNREADABLE,
  };
}

/** A line as it is shown: those that were written before marks were in the file are marked as they are read. */
export function asShown(line: AuditLine): AuditLine {
  if (line.action === UNREADABLE && line.type !== CLIENTS_ENTRY) return { ...line, type: UNREADABLE };
  return line.type === CLIENTS_ENTRY ? { ...line, action: clientsAction(line.action) } : line;
}
