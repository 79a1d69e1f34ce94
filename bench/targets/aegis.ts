import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { obtainNatsServer } from '@aegis/shared/broker/obtain';
import { parseServerVersion } from '@aegis/shared/broker/server-version';
import { AEGIS_POLICY } from '../questions.ts';
import { startChild } from './child.ts';
import type { Running, Target } from './target.ts';

const MAIN = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

const silent = { info: () => undefined, warn: () => undefined };

async function natsVersion(): Promise<string> {
  const { path } = await obtainNatsServer(process.env, silent);
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return parseServerVersion(stdout) ?? 'unknown';
}

/** The whole firewall as `aegis up` runs it, with data of its own in `dataDir`: checks, and enforces that are on record. */
export async function startAegis(dataDir: string): Promise<Running> {
  const policyPath = join(dataDir, 'policy.json');
  await writeFile(policyPath, JSON.stringify(AEGIS_POLICY));
  const child = await startChild({
    command: process.execPath,
    args: [MAIN, 'up'],
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
    },
    readyMark: 'Ctrl-C stops everything.',
  });
  const { gateway_url } = JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8')) as {
    gateway_url: string;
  };
  const target = (name: string, path: string): Target => ({
    name,
    url: `${gateway_url}${path}`,
    body: JSON.stringify,
    allowedMark: '"allowed":true',
  });
  return {
    targets: [target('aegis check', '/guard/check'), target('aegis enforce', '/guard/enforce')],
    versions: { node: process.versions.node, 'nats-server': await natsVersion() },
    stop: () => child.stop(),
  };
}
