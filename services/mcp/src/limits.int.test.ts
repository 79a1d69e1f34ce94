import { healthy } from '@aegis/bus/service';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import { parseEnv } from '@aegis/kit/env';
import { expect, it, onTestFinished } from 'vitest';
import { McpEnv } from './config.ts';
import { createHttp } from './http.ts';
import { quiet } from './testkit/stand-ins.ts';
import { createServer } from './tools/serve/server.ts';

it('an agent that has sent as many requests over MCP as it may hears when to go on and what the limit is', async () => {
  const config = parseEnv(McpEnv, { MCP_PORT: '0', CALLER_LIMITS: 'agent.requests_per_minute=1' });
  const http = createHttp({
    factory: () => createServer([], quiet),
    config,
    requests: createRequestAllowance(createLimitOf(config)),
    health: () => healthy,
    callers: { principalOf: (authorization) => Promise.resolve(`key:${authorization}`) },
    proxy: { handle: () => Promise.reject(new Error('no servers')), stop: () => Promise.resolve() },
    log: quiet,
    refusals: { count: () => undefined },
  });
  await http.listen();
  onTestFinished(() => http.close());
  const ask = (authorization: string) => fetch(http.address(), { headers: { authorization } });
  expect((await ask('one')).status).toBe(405);
  const refused = await ask('one');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
  expect(refused.headers.get('ratelimit-policy')).toBe('"requests";q=1;w=60');
  expect(refused.headers.get('ratelimit')).toBe('"requests";r=0;t=60');
  expect(await refused.json()).toMatchObject({
    error: { message: expect.stringContaining('requests_per_minute of CALLER_LIMITS') },
  });
  expect((await ask('other')).status).toBe(405);
});
