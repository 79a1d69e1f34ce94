import { expect, it } from 'vitest';
import { NO_LINE, OpenRequests } from './open-requests.ts';

const NEVER_MS = 60_000;
const request = (id: unknown, method = 'tools/call') => ({ jsonrpc: '2.0', id, method });

const cancel = (requestId: unknown) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
});

async function isSettled(open: OpenRequests): Promise<boolean> {
  const pending = Symbol('pending');
  const tick = new Promise((resolve) => {
    setImmediate(resolve, pending);
  });
  return (await Promise.race([open.settled(NEVER_MS), tick])) !== pending;
}

it('is settled from the start', async () => {
  expect(await isSettled(new OpenRequests())).toBe(true);
});

it('waits until every request is answered; 1 and "1" are two', async () => {
  const open = new OpenRequests();
  open.received(request(1), 1);
  open.received(request('1'), 2);
  open.sent({ id: 1, result: {} });
  expect(await isSettled(open)).toBe(false);
  open.sent({ id: '1', error: {} });
  expect(await isSettled(open)).toBe(true);
});

it("does not take the server's own request for an answer", async () => {
  const open = new OpenRequests();
  open.received(request(1), 3);
  open.sent(request(1, 'roots/list'));
  expect(await isSettled(open)).toBe(false);
});

it('waits for no notification, no stream and nothing that was cancelled', async () => {
  const open = new OpenRequests();
  open.received({ jsonrpc: '2.0', method: 'notifications/initialized' }, 4);
  open.received(request(1, 'subscriptions/listen'), 5);
  open.received(request(2), 6);
  open.received({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } }, 7);
  expect(await isSettled(open)).toBe(true);
});

it('waits no longer than it is told', async () => {
  const open = new OpenRequests();
  open.received(request(1), 8);
  await expect(open.settled(5)).resolves.toBeUndefined();
});

it('knows the line of each request, and for which lines nothing is to come', () => {
  const open = new OpenRequests();
  expect(open.received(request(1), 1)).toEqual([]);
  expect(open.received({ jsonrpc: '2.0', method: 'notifications/x' }, 2)).toEqual([2]);
  expect(open.received(request(2), 4)).toEqual([]);
  expect(open.received(cancel(2), 5)).toEqual([4, 5]);
  const answers = [{ id: 1 }, { id: 2 }, { id: 1 }, request(9, 'roots/list')];
  expect(answers.map((answer) => open.sent(answer))).toEqual([1, NO_LINE, 0, 0]);
});

it('an id is taken until its answer came, cancelled or not, and its bytes count so long', () => {
  const open = new OpenRequests();
  open.received(request(1), 1, 300);
  expect([1, '1', 2].map((id) => open.isTaken(request(id)))).toEqual([true, false, false]);
  expect(open.received(cancel(1), 2)).toEqual([1, 2]);
  expect(open.received(cancel(1), 3)).toEqual([3]);
  expect([open.size, open.bytes, open.isTaken(request(1))]).toEqual([1, 300, true]);
  open.sent({ id: 1, result: {} });
  expect([open.size, open.bytes, open.isTaken(request(1))]).toEqual([0, 0, false]);
});

it('a cancelled request goes on, and a cancelled stream ends', () => {
  const open = new OpenRequests();
  open.received(request(1), 1);
  open.received(request(2, 'subscriptions/listen'), 2);
  expect([1, 2, 3].map((id) => open.isInVain(cancel(id)))).toEqual([true, false, false]);
  open.received(cancel(2), 3);
  expect(open.size).toBe(1);
});
