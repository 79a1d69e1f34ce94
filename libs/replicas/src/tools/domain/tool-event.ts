import type { Envelope } from '@aegis/contracts/envelope';
import type { EventData } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { isShowable } from './definition.ts';

/** What happened to a tool, and where in the log. */
export type ToolEvent = { readonly seq: number; readonly time: string } & (
  | { readonly type: 'aegis.tool.seen.v1'; readonly data: EventData<'aegis.tool.seen.v1'> }
  | { readonly type: 'aegis.tool.changed.v1'; readonly data: EventData<'aegis.tool.changed.v1'> }
  | { readonly type: 'aegis.tool.accepted.v1'; readonly data: EventData<'aegis.tool.accepted.v1'> }
);

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
