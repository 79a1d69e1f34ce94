import { expect, it, vi } from 'vitest';
import { createClient } from './client.ts';
import type { Kind, LiveEvent } from './live-event.ts';
import { OUTLET_LIMIT } from './outlet.ts';

const event = (seq: number, kind: Kind = 'decision', size = 0): LiveEvent => ({
  seq,
  kind,
  frame: `<${seq}${'x'.repeat(size)}>`,
  masked: () => `(${seq})`,
  about: { call: { principal: seq % 2 === 0 ? 'key:even' : 'key:odd' } },
});
const reads = () => true;
const textOf = (client: ReturnType<typeof createClient>): string =>
  String(client.outlet.readable.read() ?? '');

it('live events wait until the reader is up to date; what the replay had is not sent twice', () => {
  const client = createClient({ reads, kinds: ['decision', 'approval'] }, () => undefined);
  for (const seq of [4, 5, 6]) client.offer(event(seq));
  expect(textOf(client)).toBe('');
  client.goLive(5);
  client.offer(event(7));
  client.offer(event(7));
  expect(textOf(client)).toBe('<6><7>');
});

it('a reader gets the kinds that it asked for', () => {
  const client = createClient({ reads, kinds: ['approval'] }, () => undefined);
  client.goLive(0);
  client.offer(event(1, 'decision'));
  client.offer(event(2, 'approval'));
  expect(textOf(client)).toBe('<2>');
});

it('a reader of one approval gets what is about it, of the kinds that it asked for', () => {
  const client = createClient({ reads, kinds: ['approval'], approvalId: 'apr_1' }, () => undefined);
  client.goLive(0);
  client.offer({ ...event(1, 'approval'), approvalId: 'apr_1' });
  client.offer({ ...event(2, 'approval'), approvalId: 'apr_2' });
  client.offer({ ...event(3, 'decision'), approvalId: 'apr_1' });
  client.offer(event(4, 'approval'));
  expect(textOf(client)).toBe('<1>');
});

it('a reader of one caller gets what is of its calls, and values of arguments where it may read them', () => {
  const wanted = { kinds: ['approval'] as const, principal: 'key:odd', reads: () => false };
  const client = createClient(wanted, () => undefined);
  client.goLive(0);
  for (const seq of [1, 2, 3]) client.offer(event(seq, 'approval'));
  expect(textOf(client)).toBe('(1)(3)');
});

it('a reader that does not read is cut off before it fills the memory', async () => {
  const closed = vi.fn();
  const client = createClient({ reads, kinds: ['decision'] }, closed);
  client.goLive(0);
  for (let seq = 1; seq <= 20; seq++) client.offer(event(seq, 'decision', OUTLET_LIMIT / 10));
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
  expect(client.outlet.isOpen()).toBe(false);
  expect(client.outlet.readable.readableLength).toBeLessThanOrEqual(OUTLET_LIMIT);
});

it('a reader for whom too much waits while it is brought up to date is cut off too', async () => {
  const client = createClient({ reads, kinds: ['decision'] }, () => undefined);
  for (let seq = 1; seq <= 20; seq++) client.offer(event(seq, 'decision', OUTLET_LIMIT / 10));
  await vi.waitFor(() => expect(client.outlet.isOpen()).toBe(false));
});

it('the end comes after all that was sent', async () => {
  const client = createClient({ reads, kinds: ['decision'] }, () => undefined);
  client.goLive(0);
  client.offer(event(1));
  client.outlet.end();
  client.offer(event(2));
  const chunks = await client.outlet.readable.toArray();
  expect(Buffer.concat(chunks as Buffer[]).toString()).toBe('<1>');
});

it('a writer that waits for a reader is let go when the reader leaves', async () => {
  const client = createClient({ reads, kinds: ['decision'] }, () => undefined);
  client.outlet.write('x'.repeat(200_000));
  const drained = client.outlet.drained();
  client.outlet.cut();
  await drained;
  expect(client.outlet.isOpen()).toBe(false);
});
