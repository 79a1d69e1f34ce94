import type { Bus } from '@aegis/bus';
import { makeIdentityKey } from '@aegis/kit/keys';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { recordAgent } from '../testkit/agents.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

let server: Server;
let policy: Bus;
const [one, other] = [makeIdentityKey(), makeIdentityKey()];

beforeAll(async () => {
  server = await startNatsServer();
  policy = await standIn(server, 'policy');
  await recordAgent(policy, 'one', one);
  await recordAgent(policy, 'other', other);
});
afterAll(async () => {
  await policy.close();
  await server.stop();
});

async function gatewayWith(CALLER_LIMITS: string) {
  const gateway = await createTestApp(server, { CALLER_LIMITS });
  onTestFinished(() => gateway.stop());
  return (key: string, url = '/approvals/x', remoteAddress = '127.0.0.1', payload?: object) =>
    gateway.app.inject({
      method: payload === undefined ? 'GET' : 'POST',
      url,
      remoteAddress,
      headers: { host: 'localhost', authorization: `Bearer ${key}` },
      ...(payload && { payload }),
    });
}

it('an agent that has sent as many requests as it may hears when to go on and what the limit is, and another goes on', async () => {
  const ask = await gatewayWith('agent.requests_per_minute=3');
  for (let n = 0; n < 3; n++) expect((await ask(one)).statusCode).not.toBe(429);
  const refused = await ask(one, '/guard/check', '10.0.0.9', { tool: 'a.b' });
  expect(refused.statusCode).toBe(429);
  expect(refused.headers).toMatchObject({
    'retry-after': '20',
    'ratelimit-policy': '"requests";q=3;w=60',
    ratelimit: '"requests";r=0;t=20',
  });
  expect(refused.json()).toMatchObject({
    code: 'too_many_requests',
    allowed: false,
    detail:
      'principal: key:one has sent as many requests as requests_per_minute of CALLER_LIMITS lets one caller; ' +
      'try again in 20 s, or have the operator raise that.',
  });
  expect((await ask(other)).statusCode).not.toBe(429);
  expect((await ask(one, '/health')).statusCode).not.toBe(429);
});

it('before it is refused it is told how little is left', async () => {
  const ask = await gatewayWith('agent.requests_per_minute=6');
  const heard = [];
  for (let n = 0; n < 6; n++) heard.push((await ask(one)).headers['ratelimit']);
  expect(heard.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  expect(heard.slice(4)).toEqual(['"requests";r=1;t=1', '"requests";r=0;t=1']);
});

it('bytes are counted as they came, whatever becomes of the request', async () => {
  const ask = await gatewayWith('agent.body_kib_per_minute=4');
  await ask(one, '/guard/check', '127.0.0.1', { tool: 'a.b', args: { text: 'x'.repeat(8_192) } });
  const refused = await ask(one);
  expect([refused.statusCode, refused.headers['ratelimit-policy']]).toEqual([429, '"body-kib";q=4;w=60']);
});

it('whoever has no key is limited by their address, and what they send as one makes nobody of them', async () => {
  const ask = await gatewayWith('anonymous.requests_per_minute=2');
  await ask('one');
  await ask('two');
  expect((await ask('three')).statusCode).toBe(429);
  expect((await ask('three', '/approvals/x', '10.0.0.2')).statusCode).not.toBe(429);
  expect((await ask(one)).statusCode).not.toBe(429);
});
