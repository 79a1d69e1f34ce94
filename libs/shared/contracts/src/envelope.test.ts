import { expect, it } from 'vitest';
import { createEvent } from './create-event.ts';
import { Envelope, traceIdOf } from './envelope.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const event = createEvent({
  type: 'aegis.policy.rejected.v1',
  source: 'policy',
  time: '2026-01-01T00:00:00.000Z',
  traceId: TRACE_ID,
  data: { path: 'policy.yml', errors: ['the policy is empty'] },
});

it('an event has the trace that it was made in', () => {
  expect(traceIdOf(Envelope.parse(event))).toBe(TRACE_ID);
});

it('an event that was stored without a trace is read, and has none', () => {
  const { traceparent: _, ...without } = event;
  expect(traceIdOf(Envelope.parse(without))).toBeUndefined();
});

it('an event that was stored with a trace of zeros is read, and has none', () => {
  const zeros = `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`;
  const read = Envelope.parse({ ...event, traceparent: zeros });
  expect([read.id, traceIdOf(read)]).toEqual([event.id, undefined]);
});
