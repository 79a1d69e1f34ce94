import { randomUUID } from 'node:crypto';
import { newTraceparent } from '@aegis/kit/trace';
import type { z } from 'zod';
import type { Envelope } from './envelope.ts';
import { EVENT_TYPES, type EventData, type EventType } from './events/mod.ts';
import { parseWritten } from './written.ts';

type NewEvent<T extends EventType> = {
  type: T;
  source: string;
  data: EventData<T>;
  time: string;
  traceId?: string;
  subject?: string;
  id?: string;
  /** The data of the event that this one goes on from, as the log has it, where it is a state that is folded on. */
  before?: EventData<T> | undefined;
};

/**
 * An event in its envelope. Its id is new unless one is given, and unique over all subjects.
 *
 * @throws ZodError where the data is not what readers of this type expect, or has a member that neither this version nor
 * `before` knows: what can't be read is not written
 */
export function createEvent<T extends EventType>(event: NewEvent<T>): Envelope {
  const { type, source, data, time, traceId, subject, id = randomUUID(), before } = event;
  return {
    specversion: '1.0',
    id,
    source: `aegis/${source}`,
    type,
    subject,
    time,
    datacontenttype: 'application/json',
    traceparent: traceId && newTraceparent(traceId),
    data: parseWritten<z.ZodType<Envelope['data']>>(EVENT_TYPES[type].schema, data, before),
  };
}
