import { traceIdOf as traceIdIn } from '@aegis/kit/trace';
import { z } from 'zod';
import { Timestamp } from './call.ts';

/**
 * https://www.w3.org/TR/trace-context/#traceparent-header, version 00, as it stands in what is stored. All zeros is no
 * trace, and no reason why an event can't be read; what a caller sends is read by `parseTraceparent`.
 */
export const Traceparent = z
  .string()
  .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'expected a W3C traceparent of version 00');

const TYPE = /^aegis\.[a-z_]+\.[a-z_]+\.v[0-9]+$/;

/**
 * CloudEvents 1.0, structured JSON (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md),
 * with the distributed-tracing extension. `id` is the message's `Nats-Msg-Id`.
 */
export const Envelope = z.object({
  specversion: z.literal('1.0').describe('of CloudEvents'),
  id: z.string().min(1).max(128).describe("unique over all events; the message's `Nats-Msg-Id`"),
  source: z.string().min(1).describe('the service that made it, such as `aegis/enforcer`'),
  type: z
    .string()
    .regex(TYPE, 'expected the type of an event, such as aegis.decision.enforce.v1')
    .describe('one of the types below'),
  subject: z.string().min(1).optional().describe("what it is about: the tool's name, or the approval's id"),
  time: Timestamp.describe('when it happened, in UTC'),
  datacontenttype: z.literal('application/json').describe('of `data`'),
  traceparent: Traceparent.optional().describe('W3C trace context; its id is the `trace_id` of the answers'),
  data: z.record(z.string(), z.unknown()).describe('the fields below'),
});
export type Envelope = z.infer<typeof Envelope>;

/** The trace id of an event; undefined where it has none. */
export const traceIdOf = (event: Pick<Envelope, 'traceparent'>): string | undefined =>
  traceIdIn(event.traceparent);
