import { createLogger } from '@aegis/kit/logger';
import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { type ConsoleDeps, consoleApi } from './api.ts';

/** The API on its own: what is asked here reaches no route. */
async function started() {
  const app = Fastify();
  onTestFinished(() => app.close());
  await app.register(cookie);
  const deps = { log: createLogger('test', 'silent'), sessions: { refuseTwo: () => undefined } };
  await app.register(async (part) => consoleApi(part, deps as unknown as ConsoleDeps), { prefix: '/ui/api' });
  return app;
}

const asked = { method: 'POST', url: '/ui/api/session' } as const;

it.each([
  ['is larger than 1 MiB', { payload: ' '.repeat(1_048_577) }, 413, 'payload_too_large'],
  ['is no JSON', { payload: '{' }, 400, 'invalid_json'],
  [
    'is of another type',
    { payload: 'x', headers: { 'content-type': 'text/x' } },
    415,
    'unsupported_media_type',
  ],
  [
    'ends before its Content-Length',
    { payload: '{}', headers: { 'content-length': '9' } },
    400,
    'invalid_json',
  ],
])('a body that %s is the caller’s error', async (_what, { payload, ...more }, status, code) => {
  const headers = { 'content-type': 'application/json', ...('headers' in more ? more.headers : {}) };
  const reply = await (await started()).inject({ ...asked, headers, payload });
  expect([reply.statusCode, reply.json()]).toEqual([status, expect.objectContaining({ status, code })]);
});
