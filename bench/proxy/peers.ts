import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@aegis/testkit/free-port';
import { type Child, startChild } from '../targets/child.ts';

export const EVERYTHING = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
);
const CIVIC = fileURLToPath(
  new URL('../../node_modules/@civic/passthrough-mcp-server/dist/cli.js', import.meta.url),
);
const MCP_PROXY = fileURLToPath(
  new URL('../../node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs', import.meta.url),
);
const SUPERGATEWAY = fileURLToPath(new URL('../../node_modules/supergateway/dist/index.js', import.meta.url));

const PACKAGES = [
  '@modelcontextprotocol/server-everything',
  '@civic/passthrough-mcp-server',
  'mcp-proxy',
  'supergateway',
];

/** Their versions, as their packages say. */
export async function peerVersions(): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of PACKAGES) {
    const { version } = JSON.parse(
      await readFile(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8'),
    ) as {
      version: string;
    };
    versions[name] = version;
  }
  return versions;
}

export type Served = { url: string; child: Child };

const LISTENS_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Some say that they are ready a moment before they listen. */
async function untilListening(port: number): Promise<void> {
  const isListening = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  for (let waited = 0; !(await isListening()); waited += LOOK_EVERY_MS) {
    if (waited > LISTENS_WITHIN_MS) throw new Error(`nothing listens on port ${port}`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function serve(
  script: string,
  readyMark: string,
  settings: (port: number) => { args?: string[]; env?: Record<string, string> },
): Promise<Served> {
  const port = await freePort();
  const { args = [], env = {} } = settings(port);
  const child = await startChild({ command: process.execPath, args: [script, ...args], env, readyMark });
  await untilListening(port);
  return { url: `http://127.0.0.1:${port}/mcp`, child };
}

/** The upstream over HTTP. */
export const startEverything = (): Promise<Served> =>
  serve(EVERYTHING, 'listening on port', (port) => ({
    args: ['streamableHttp'],
    env: { PORT: String(port) },
  }));

/** HTTP in front of HTTP. */
export const startCivic = (upstream: string): Promise<Served> => {
  const { origin, pathname } = new URL(upstream);
  return serve(CIVIC, 'running', (port) => ({
    env: { PORT: String(port), TARGET_SERVER_URL: origin, TARGET_SERVER_MCP_PATH: pathname },
  }));
};

/** HTTP in front of stdio. */
export const startMcpProxy = (): Promise<Served> =>
  serve(MCP_PROXY, 'starting server', (port) => ({
    args: [
      '--port',
      String(port),
      '--host',
      '127.0.0.1',
      '--server',
      'stream',
      '--',
      process.execPath,
      EVERYTHING,
    ],
  }));

/** HTTP in front of stdio. */
export const startSupergateway = (): Promise<Served> =>
  serve(SUPERGATEWAY, 'Listening on port', (port) => ({
    args: [
      '--stdio',
      `${process.execPath} ${EVERYTHING}`,
      '--outputTransport',
      'streamableHttp',
      '--stateful',
      '--logLevel',
      'info',
      '--port',
      String(port),
    ],
  }));
