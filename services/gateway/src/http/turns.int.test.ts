import { type Bus, route } from '@aegis/bus';
import { enforce } from '@aegis/contracts/decision';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { enforceReply } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

let server: Server;
let enforcer: Bus;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let asked: string[] = [];
let answers: (() => void)[] = [];

beforeAll(async () => {
  server = await startNatsServer();
  enforcer = await standIn(server, 'enforcer', [
    route(enforce, async ({ call }) => {
      asked.push(call.tool);
      await new Promise<void>((resolve) => answers.push(resolve));
      return enforceReply('allowed');
    }),
  ]);
  gateway = await createTestApp(server, { REQUEST_TIMEOUT_MS: '5000' });
});
afterAll(async () => {
  await gateway.stop();
  await enforcer.close();
  await server.stop();
});
beforeEach(() => {
  asked = [];
  answers = [];
});

const call = (tool: string, key?: string, args: object = {}) =>
  gateway.app.inject({
    method: 'POST',
    url: '/guard/enforce',
    payload: { tool, args },
    headers: { host: 'localhost', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
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
