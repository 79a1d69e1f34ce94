import { randomBytes, randomUUID } from 'node:crypto';
import type { Envelope } from '../contracts/envelope.ts';
import type { EventData, EventType } from '../contracts/events.ts';

/** A new W3C trace id: 16 random bytes in hexadecimal. */
export const newTraceId = (): string => randomBytes(16).toString('hex');

/** A `traceparent` for a new span of this trace (https://www.w3.org/TR/trace-context/). */
export const traceparentOf = (traceId: string): string =>
  `00-${traceId}-${randomBytes(8).toString('hex')}-01`;

type NewEvent<T extends EventType> = {
  type: T;
  source: string;
  data: EventData<T>;
  time: string;
  traceId?: string;
  subject?: string;
  id?: string;
};

/** An event in its envelope. Its id is new unless one is given, and unique over all subjects. */
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
    data,
  };
}
