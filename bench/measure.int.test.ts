import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { measure } from './measure.ts';
import type { Target } from './targets/target.ts';
import { verify } from './verify.ts';

let server: Server;
afterEach(() => server.close());

/** A server with one answer to everything. */
async function always(status: number, text: string): Promise<Target> {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { name: 'a server', url, body: JSON.stringify, allowedMark: '"allowed":true' };
}

const specOf = ({ url, allowedMark }: Target) => ({
  url,
  allowedMark,
  body: '{}',
  connections: 2,
  seconds: 1,
});

it('counts what is answered right, in times shorter than a millisecond too', async () => {
  const result = await measure(specOf(await always(200, '{"allowed":true}')));
  expect(result.failures).toBe(0);
  expect(result.requests).toBeGreaterThan(50);
  expect(result.p50).toBeGreaterThan(0);
  expect(result.p99).toBeGreaterThanOrEqual(result.p50);
  expect(result.perSecond).toBeGreaterThan(result.requests / 4);
});

it('gives no figures for wrong answers, nor for errors that look right', async () => {
  await expect(measure(specOf(await always(200, '{"allowed":false}')))).rejects.toThrow('errors or wrong');
  server.close();
  await expect(measure(specOf(await always(503, '{"allowed":true}')))).rejects.toThrow('errors or wrong');
});

it('names the question that a target gets wrong before anything is measured', async () => {
  await expect(verify(await always(200, '{"allowed":true}'))).rejects.toThrow(
    'a server should not allow a refund over the cap',
  );
  server.close();
  await expect(verify(await always(200, '{}'))).rejects.toThrow(
    'a server should allow a refund under the cap',
  );
});
