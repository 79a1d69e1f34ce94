import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseServerVersion } from '@aegis/bus/law';
import { obtainNatsServer } from '@aegis/local-nats';
import { AEGIS_POLICY } from '../questions.ts';
import { startChild } from './child.ts';
import type { Running, Target } from './target.ts';

/** The program itself, without the launcher's process around it. */
export const AEGIS_MAIN = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
/** What an MCP client starts in place of a server. */
export const AEGIS_LAUNCHER = fileURLToPath(new URL('../../cli/bin/aegis.js', import.meta.url));

const silent = { info: () => undefined, warn: () => undefined };

async function natsVersion(): Promise<string> {
  const { path } = await obtainNatsServer(process.env, silent);
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return parseServerVersion(stdout) ?? 'unknown';
}

/** A whole stack as `aegis up` runs it, with data of its own. */
export type AegisStack = {
  gatewayUrl: string;
  /** Such as `http://127.0.0.1:8001/mcp`. */
  mcpUrl: string;
  pid: number;
  versions: Record<string, string>;
  /** A key of a new agent's own. */
  createKey(name: string): string;
  stop(): Promise<void>;
};

function createKey(dataDir: string, name: string): string {
  const args = [AEGIS_MAIN, 'keys', 'create', '--name', name, '--json'];
  const env = { ...process.env, AEGIS_DATA_DIR: dataDir };
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  const { key } = JSON.parse(stdout || '{}') as { key?: string };
  if (key === undefined) throw new Error(`${name} has no key: ${stderr}`);
  return key;
}

/** Starts a stack under this policy with its data in `dataDir`; `env` comes on top of its own settings. */
export async function startStack(
  dataDir: string,
  policy: unknown,
  env: Record<string, string> = {},
): Promise<AegisStack> {
  const policyPath = join(dataDir, 'policy.json');
  await writeFile(policyPath, JSON.stringify(policy));
  const child = await startChild({
    command: process.execPath,
    args: [AEGIS_MAIN, 'up'],
    env: {
      AEGIS_DATA_DIR: dataDir,
      AEGIS_NATS_PORT: '0',
      PORT: '0',
      MCP_PORT: '0',
      HOST: '127.0.0.1',
      // An empty one counts as none: what the caller's own stack uses stays out of this.
      NATS_URL: '',
      AUDIT_PATH: '',
      APPROVALS_PATH: '',
      POLICY_PATH: policyPath,
      APPROVAL_CODE: 'a code that nobody uses',
      LOG_LEVEL: 'warn',
      // A benchmark sends more than one caller has to.
      CALLER_LIMITS: 'agent.requests_per_minute=1000000000 anonymous.requests_per_minute=1000000000',
      ...env,
    },
    readyMark: 'Ctrl-C stops everything.',
  });
  const stack = JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8')) as Record<string, string>;
  return {
    gatewayUrl: stack['gateway_url'] ?? '',
    mcpUrl: stack['mcp_url'] ?? '',
    pid: child.pid,
    versions: { node: process.versions.node, 'nats-server': await natsVersion() },
    createKey: (name) => createKey(dataDir, name),
    stop: () => child.stop(),
  };
}

/** The stack's two ways to ask for a decision: checks, and enforces that are on record. */
export async function startAegis(dataDir: string): Promise<Running> {
  const stack = await startStack(dataDir, AEGIS_POLICY);
  const target = (name: string, path: string): Target => ({
    name,
    url: `${stack.gatewayUrl}${path}`,
    body: JSON.stringify,
    allowedMark: '"allowed":true',
  });
  return {
    targets: [target('aegis check', '/guard/check'), target('aegis enforce', '/guard/enforce')],
    versions: stack.versions,
    stop: () => stack.stop(),
  };
}
