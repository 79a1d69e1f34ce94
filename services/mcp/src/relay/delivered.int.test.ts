import { expect, test } from 'vitest';
import { fakeGate, passAll } from './testkit/fake-gate.ts';
import { call, wrapped } from './testkit/wrapped.ts';

const answerTo = (id: number): string => JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } });

/** The gate's word that a complete answer is what the client gets. */
const passing = () =>
  fakeGate(async (request, circumstances) => ({ ...(await passAll(request, circumstances)), passes: true }));

test('the relay is told of a request whose answer may pass, and of none that the gate has to see first', async () => {
  const passed = await wrapped({ gate: passing(), server: ['silent'] });
  passed.say(call(7));
  await expect.poll(() => passed.passing).toEqual(['1 7']);
  const seen = await wrapped({ gate: fakeGate(), server: ['echo'] });
  seen.say(call(7));
  await seen.nextMessages(1);
  expect(seen.passing).toEqual([]);
});

test('an answer that the client has already ends its request on record, and comes to the client no second time', async () => {
  const gate = passing();
  const { say, deliver, passing: told, lines, next } = await wrapped({ gate, server: ['silent'] });
  say(call(1), call(2));
  await expect.poll(() => told.length).toBe(2);
  deliver(1, answerTo(1));
  await expect.poll(() => gate.ends).toEqual(['1 response']);
  deliver(0, answerTo(2));
  expect(JSON.parse((await next()) as string)).toMatchObject({ id: 2 });
  expect(gate.ends).toEqual(['1 response', '2 response']);
  expect(lines).toEqual([2]);
});

test('also where the client cancelled it as it came', async () => {
  const gate = passing();
  const { say, deliver, passing: told, lines, next } = await wrapped({ gate, server: ['silent'] });
  say(call(1));
  await expect.poll(() => told.length).toBe(1);
  say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await expect.poll(() => lines).toContain(1);
  deliver(1, answerTo(1));
  say(call(3));
  await expect.poll(() => told.length).toBe(2);
  deliver(0, answerTo(3));
  expect(JSON.parse((await next()) as string)).toMatchObject({ id: 3 });
});

test('a relay that names more answers than there can be requests is ended', async () => {
  const { deliver, exit } = await wrapped({ gate: fakeGate(), server: ['silent'] });
  for (let n = 1; n <= 20_000; n++) deliver(n, '{}');
  await exit;
});
