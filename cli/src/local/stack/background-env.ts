import { resolve } from 'node:path';
import type { Env } from '@aegis/kit/env';
import { besideData } from '../../../relay/data-directory.js';
import { withoutCode } from '../code-env.ts';
import { listenError } from '../doctor/ports.ts';

const PORTS = { PORT: 8_000, MCP_PORT: 8_001, AEGIS_NATS_PORT: 4_222 } as const;
const HOST = '127.0.0.1';

/**
 * The ports of a stack that nobody watches start: those that are set, else the usual ones, else any that are free, so that
 * a second data directory works beside the first.
 */
async function portsFor(env: Env): Promise<Record<keyof typeof PORTS, string>> {
  const choose = async (name: keyof typeof PORTS): Promise<string> => {
    const set = env[name];
    if (set) return set;
    const host = name === 'AEGIS_NATS_PORT' ? HOST : env['HOST'] || HOST;
    return (await listenError(host, PORTS[name])) === undefined ? String(PORTS[name]) : '0';
  };
  const [PORT, MCP_PORT, AEGIS_NATS_PORT] = await Promise.all([
    choose('PORT'),
    choose('MCP_PORT'),
    choose('AEGIS_NATS_PORT'),
  ]);
  return { PORT, MCP_PORT, AEGIS_NATS_PORT };
}

/**
 * The environment of a stack in the background: the caller's, with its ports and the whole paths of its files, without the
 * code.
 *
 * @throws ConfigError
 */
export const backgroundEnv = async (env: Env, dataDir: string) => ({
  ...withoutCode(env),
  ...(await portsFor(env)),
  AEGIS_DATA_DIR: dataDir,
  POLICY_PATH: resolve(env['POLICY_PATH'] || besideData('policy.yml', env)),
  MCP_SERVERS: resolve(env['MCP_SERVERS'] || besideData('mcp-servers.json', env)),
});
