import { z } from 'zod';
import { KINDS, type Kind } from '../events/live-event.ts';

const isKind = (text: string): text is Kind => (KINDS as readonly string[]).includes(text);
const expected = `expected a comma-separated list of ${KINDS.join(', ')}`;

const Kinds = z
  .string(expected)
  .transform((list) => [...new Set(list.split(',').map((kind) => kind.trim()))])
  .refine((kinds): kinds is Kind[] => kinds.every(isKind), expected);

const EventId = z
  .string()
  .regex(/^[0-9]{1,16}$/, 'expected the id of an event: a whole number')
  .transform(Number)
  .refine(Number.isSafeInteger, 'expected the id of an event: a whole number');

export const EventsQuery = z.strictObject({
  types: Kinds.default([...KINDS]),
  last_event_id: EventId.optional(),
});

export const EventsHeaders = z.object({ 'last-event-id': z.string().optional() });

export { EventId };
