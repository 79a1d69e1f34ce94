import { type AddressInfo, connect, type Socket } from 'node:net';
import { type Bus, route } from '@aegis/bus';
import { enforce } from '@aegis/contracts/decision';
import { makeIdentityKey } from '@aegis/kit/keys';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordAgent } from '../testkit/agents.ts';
import { enforceReply } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

let server: Server;
let enforcer: Bus;
let policy: Bus;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let sockets: Socket[] = [];
let asked: string[] = [];
let answers: (() => void)[] = [];
const keys = new Map(
  ['one', 'other', 'next', ...Array.from({ length: 64 }, (_, n) => `key-${n}`)].map((name) => [
    name,
    makeIdentityKey(),
  ]),
);

beforeAll(async () => {
  server = await startNatsServer();
  enforcer = await standIn(server, 'enforcer', [
    route(enforce, async ({ call }) => {
      asked.push(call.tool);
      await new Promise<void>((resolve) => answers.push(resolve));
      return enforceReply('allowed');
    }),
  ]);
  policy = await standIn(server, 'policy');
  for (const [name, key] of keys) await recordAgent(policy, name, key);
  gateway = await createTestApp(server, { REQUEST_TIMEOUT_MS: '5000' });
  await gateway.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await gateway.stop();
  await enforcer.close();
  await policy.close();
  await server.stop();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
beforeEach(() => {
  asked = [];
  answers = [];
});

/** By the agent of this name. */
const call = (tool: string, name = tool, args: object = {}) =>
  gateway.app.inject({
    method: 'POST',
    url: '/guard/enforce',
    payload: { tool, args },
    headers: { host: 'localhost', authorization: `Bearer ${keys.get(name)}` },
  });
const answerAll = async (calls: readonly Promise<unknown>[]): Promise<void> => {
  const done = Promise.all(calls);
  const answering = setInterval(() => answers.splice(0).forEach((answer) => answer()), 1);
  await done.finally(() => clearInterval(answering));
};

it('a key that floods has a few calls under way once another caller is about, and another caller its own', async () => {
  const other = call('other');
  await expect.poll(() => asked).toEqual(['other']);
  const flood = Array.from({ length: 40 }, () => call('flood', 'one'));
  const next = call('next');
  await expect.poll(() => asked).toContain('next');
  expect(asked.filter((tool) => tool === 'flood').length).toBeLessThanOrEqual(4);
  await answerAll([other, next, ...flood]);
  expect(asked.filter((tool) => tool === 'flood')).toHaveLength(40);
});

it('a key with more than its line takes is refused, with a time to come back, and that is counted', async () => {
  const other = call('other');
  const flood = Array.from({ length: 400 }, () => call('flood', 'one'));
  await expect.poll(() => gateway.counted.map(([kind]) => kind)).toContain('too_many_requests');
  await answerAll([other, ...flood]);
  const refused = (await Promise.all(flood)).filter(({ statusCode }) => statusCode === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers['retry-after']).toBe('1');
  expect(refused[0]?.json()).toMatchObject({ code: 'too_many_requests', allowed: false });
});

it('a large call waits for the one before it, a small one of the same caller does not', async () => {
  const list = Array.from({ length: 10_000 }, () => 1);
  const large = [call('other'), call('large', 'one', { list }), call('large', 'one', { list })];
  await expect.poll(() => asked.filter((tool) => tool === 'large')).toHaveLength(1);
  const small = call('small', 'one');
  await expect.poll(() => asked).toContain('small');
  expect(asked.filter((tool) => tool === 'large')).toHaveLength(1);
  await answerAll([...large, small]);
});

/** What is written to a connection of its own. */
function say(text: string): Socket {
  const { port } = gateway.app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write(text);
  sockets.push(socket);
  return socket;
}
const headOf = (length: number): string =>
  `POST /guard/enforce HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${keys.get('one')}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
const connections = () =>
  new Promise<number>((resolve) => gateway.app.server.getConnections((_err, count) => resolve(count)));

it.each([
  ['small', 100],
  ['large', 1_000_000],
])('who begins to send a %s body and does not go on takes nobody’s turn', async (_what, length) => {
  for (let n = 0; n < 80; n++) say(`${headOf(length)}{`);
  await expect.poll(connections).toBeGreaterThanOrEqual(32);
  const next = [call('next'), call('large', 'one', { list: Array.from({ length: 10_000 }, () => 1) })];
  await expect.poll(() => asked.toSorted()).toEqual(['large', 'next']);
  await answerAll(next);
});

it('who leaves before their turn has none, then or later', async () => {
  const held = Array.from({ length: 64 }, (_, n) => call('held', `key-${n}`));
  await expect.poll(() => asked.length).toBe(64);
  const body = JSON.stringify({ tool: 'left' });
  const left = Array.from({ length: 160 }, (_, n) =>
    say(`${headOf(body.length)}${body.slice(0, 5 + (n % 2) * 50)}`),
  );
  await expect.poll(connections).toBe(160);
  for (const socket of left) socket.destroy();
  await expect.poll(connections).toBe(0);
  await answerAll(held);
  const next = call('next');
  await answerAll([next]);
  expect((await next).statusCode).toBe(200);
  expect(asked).not.toContain('left');
});
