import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { createArrivals } from './arrivals.ts';

/** A request of which some bytes of a large body came, or will. */
function body(headers: Record<string, string> = { 'content-length': '100000' }) {
  const socket = { bytesRead: 100, isCut: false, destroy: () => void (socket.isCut = true) };
  return { socket, request: { headers, socket } as unknown as IncomingMessage };
}

it('where one more large body begins than may come in, the one of which least came is cut off', () => {
  const arrivals = createArrivals(3);
  const [fast, silent, slow, next] = [body(), body(), body(), body()];
  for (const { request } of [fast, silent, slow]) arrivals.begin(request);
  fast.socket.bytesRead += 50_000;
  slow.socket.bytesRead += 1;
  arrivals.begin(next.request);
  expect([fast, silent, slow, next].map(({ socket }) => socket.isCut)).toEqual([false, true, false, false]);
});

it('one that is all there, and waits for its turn, is not cut off: what comes meanwhile is refused', () => {
  const arrivals = createArrivals(1);
  const whole = body();
  const arrival = arrivals.begin(whole.request);
  arrival.isWhole();
  expect(() => arrivals.begin(body().request)).toThrow('Too many large requests');
  expect(whole.socket.isCut).toBe(false);
  arrival.over();
  expect(() => arrivals.begin(body().request)).not.toThrow();
});

it.each([
  ['a small one', { 'content-length': '16384' }],
  ['none', {}],
])('%s costs nobody anything', (_what, headers: Record<string, string>) => {
  const arrivals = createArrivals(1);
  const large = body();
  arrivals.begin(large.request);
  for (let n = 0; n < 100; n++) arrivals.begin(body(headers).request);
  expect(large.socket.isCut).toBe(false);
});

it('one that does not say how long it is, is large', () => {
  const arrivals = createArrivals(1);
  const first = body({ 'transfer-encoding': 'chunked' });
  arrivals.begin(first.request);
  arrivals.begin(body({ 'transfer-encoding': 'chunked' }).request);
  expect(first.socket.isCut).toBe(true);
});
