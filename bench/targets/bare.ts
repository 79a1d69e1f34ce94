import { fileURLToPath } from 'node:url';
import { freePort } from '@aegis/testkit/free-port';
import { startChild } from './child.ts';
import type { Running } from './target.ts';

const SERVER = fileURLToPath(new URL('./bare-server.ts', import.meta.url));

/** A bare Fastify handler with the engine in its process: what HTTP alone costs. */
export async function startBare(): Promise<Running> {
  const port = await freePort();
  const child = await startChild({
    command: process.execPath,
    args: [SERVER, String(port)],
    readyMark: 'listening',
  });
  const url = `http://127.0.0.1:${port}/check`;
  return {
    targets: [{ name: 'bare Fastify', url, body: JSON.stringify, allowedMark: '"allowed":true' }],
    versions: {},
    stop: () => child.stop(),
  };
}
