import type { Envelope } from '@aegis/contracts/envelope';
import type { EventData, EventType } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { isShowable } from './definition.ts';

/** Where in the log an event stands, and since when. */
type Place = { readonly seq: number; readonly time: string };
type Event<T extends EventType> = { readonly type: T; readonly data: EventData<T> };

/** What happened to a tool. An acceptance is the same wherever it stands. */
export type ToolEvent =
  | (Event<'aegis.tool.seen.v1'> & Place)
  | (Event<'aegis.tool.changed.v1'> & Place)
  | (Event<'aegis.tool.accepted.v1'> & Partial<Place>);

/** A message of `aegis.log.tool.>`; `event` is missing where it can't be read as an envelope. */
export type ToolMessage = {
  readonly seq: number;
  readonly subject: string;
  readonly event?: Envelope | undefined;
};

/**
 * An event that counts, or why it counts for nothing: `unreadable` is what its writer could not have written there,
 * `unfit` a definition that nobody can be shown as what its digest stands for, which is its server's doing.
 */
export type ReadToolEvent = ToolEvent | 'unreadable' | 'unfit';

const TYPES = ['aegis.tool.seen.v1', 'aegis.tool.changed.v1', 'aegis.tool.accepted.v1'] as const;

/** Reads one message. An acceptance counts only where the firewall can't write. */
export function readToolEvent(message: ToolMessage): ReadToolEvent {
  const read = readEvent(message, ...TYPES);
  if (!read || !message.event) return 'unreadable';
  const event = { ...read, seq: message.seq, time: message.event.time };
  if (event.type === 'aegis.tool.accepted.v1') return event;
  return isShowable(event.data.definition, event.data.digest) ? event : 'unfit';
}
