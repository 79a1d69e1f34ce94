import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { keyDigest } from '@aegis/kit/keys';
import { expect, test } from 'vitest';
import { send } from '../../testkit/post.ts';
import { startUpstream, startWorld } from '../testkit/world.ts';

const AUTHORIZATION = 'Bearer a-key';
const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
const HEADERS = {
  authorization: AUTHORIZATION,
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};

test.each(['', '/files'])('a key that ends while a message comes in has it refused: /mcp%s', async (path) => {
  const upstream = await startUpstream((_, __, response) => void response.end());
  const world = await startWorld({
    servers: { files: { url: upstream.url } },
    keys: { ci: keyDigest('a-key') },
  });
  const url = `${world.http.address()}${path}`;
  const answered = Promise.withResolvers<number | undefined>();
  const slow = request(
    url,
    { method: 'POST', headers: { ...HEADERS, 'content-length': LIST.length } },
    (reply) => {
      reply.resume();
      answered.resolve(reply.statusCode);
    },
  ).on('error', answered.reject);
  slow.write(LIST.slice(0, 1));
  await once(slow, 'socket');
  // Its connection came before this one, and so did its head.
  expect((await send(url, 'DELETE', '', { authorization: 'Bearer another' })).status).toBe(401);
  await writeFile(world.keysPath, JSON.stringify({ keys: {} }));
  await expect
    .poll(async () => (await send(url, 'POST', '{', { ...HEADERS })).status, { timeout: 10_000 })
    .toBe(401);
  const before = upstream.seen.length;
  slow.end(LIST.slice(1));
  expect(await answered.promise).toBe(401);
  expect(upstream.seen).toHaveLength(before);
});
