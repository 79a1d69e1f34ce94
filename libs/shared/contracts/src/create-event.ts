import { randomUUID } from 'node:crypto';
import type { Envelope } from './envelope.ts';
import { EVENT_DATA, type EventData, type EventType } from './events.ts';

/** A new W3C trace id: 16 bytes in hexadecimal, from a random UUID, which Node makes six times faster than random bytes. */
export const newTraceId = (): string => randomUUID().replaceAll('-', '');

/** A `traceparent` for a new span of this trace (https://www.w3.org/TR/trace-context/). */
export const traceparentOf = (traceId: string): string => `00-${traceId}-${newTraceId().slice(16)}-01`;

type NewEvent<T extends EventType> = {
  type: T;
  source: string;
  data: EventData<T>;
  time: string;
  traceId?: string;
  subject?: string;
  id?: string;
};

/**
 * An event in its envelope. Its id is new unless one is given, and unique over all subjects.
 *
 * @throws ZodError where the data is not what readers of this type expect: what can't be read is not written
 */
export function createEvent<T extends EventType>(event: NewEvent<T>): Envelope {
  const { type, source, data, time, traceId, subject, id = randomUUID() } = event;
  return {
    specversion: '1.0',
    id,
    source: `aegis/${source}`,
    type,
    ...(subject === undefined ? {} : { subject }),
    time,
    datacontenttype: 'application/json',
    ...(traceId === undefined ? {} : { traceparent: traceparentOf(traceId) }),
    data: EVENT_DATA[type].parse(data),
  };
}
