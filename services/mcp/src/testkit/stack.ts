import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectBus } from '@aegis/bus';
import type { ServiceName } from '@aegis/contracts/subjects';
import { parseEnv } from '@aegis/kit/env';
import { startNatsServer } from '@aegis/testkit/nats-server';
import { McpEnv } from '../config.ts';
import { createMcp } from '../service.ts';
import { quiet, startStandIns } from './stand-ins.ts';

/** The program that an MCP client starts for stdio. */
export const STDIO_CHILD = fileURLToPath(new URL('./stdio-child.ts', import.meta.url));

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** A real nats-server, stand-ins for the four services and the MCP service over HTTP on a free port. */
export async function startStack(options: { without?: ServiceName; env?: Record<string, string> } = {}) {
  const nats = await startNatsServer();
  const { asked, stop: stopStandIns } = await startStandIns(nats, options.without);
  const seedPath = `${nats.keysDir}/mcp.nk`;
  const bus = await connectBus({ url: nats.url, identity: 'mcp', seedPath, log: quiet });
  const made = await mkdtemp(join(tmpdir(), 'aegis-agents-'));
  const own = { AGENT_DIR: made, MCP_SERVERS: join(made, 'mcp-servers.json') };
  const env = { MCP_PORT: '0', REQUEST_TIMEOUT_MS: '600', ...own, ...options.env };
  const config = parseEnv(McpEnv, env);
  const mcp = createMcp({ bus, config, log: quiet, now: () => new Date() });
  await mcp.start();
  /** The environment of {@link STDIO_CHILD}. */
  const childEnv = {
    AGENT_SOCKET: join(env.AGENT_DIR, 'agent.sock'),
    AGENT_CREDENTIAL: (await readFile(join(env.AGENT_DIR, 'agent-credential'), 'utf8')).trim(),
    PATH: process.env['PATH'] ?? '',
  };
  return {
    mcp,
    url: mcp.address(),
    nats,
    asked,
    childEnv,
    command: process.execPath,
    args: [STDIO_CHILD],
    env: childEnv,
    async stop() {
      await mcp.stop();
      await bus.close();
      await stopStandIns();
      await nats.stop();
      await rm(made, { recursive: true, force: true });
    },
  };
}
