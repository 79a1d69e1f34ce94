import { request as ask } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startReplica, useWorld } from '../testkit/world.ts';

useWorld();

const NONE = `apr_${'a'.repeat(26)}`;

/** What the page says to a request for this host. */
async function statusFor(
  host: string,
  env: Record<string, string> = {},
  method = 'GET',
  path = '/ui/approvals',
) {
  const { hostname, port } = new URL((await startReplica(env)).address());
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asking = ask({ hostname, port, method, path, headers: { host } }, (reply) => {
    reply.resume();
    resolve(reply.statusCode);
  });
  asking.on('error', reject);
  asking.end();
  return await promise;
}

describe('who may see the pages', () => {
  it.each([
    'evil.example',
    'evil.example:8090',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@evil.example',
  ])('nobody whose own name points here: %s', async (host) => {
    expect(await statusFor(host)).toBe(403);
    expect(await statusFor(host, {}, 'POST', `/ui/approvals/${NONE}`)).toBe(403);
    expect(await statusFor(host, {}, 'GET', '/ui/api/session')).toBe(403);
  });

  it.each(['localhost:8090', '127.0.0.1', '[::1]:8090', 'approvals:8090', '10.1.2.3:8090'])(
    'who names this machine, or a neighbour of it: %s',
    async (host) => {
      expect(await statusFor(host)).toBe(200);
    },
  );

  it('who names it as the operator allowed', async () => {
    expect(
      await statusFor('approvals.shop.internal:8090', { ALLOWED_HOSTS: 'approvals.shop.internal' }),
    ).toBe(200);
  });
});
