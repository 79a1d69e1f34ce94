import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Env } from '@aegis/kit/env';
import { besideData } from '../../relay/data-directory.js';
import { dataDirOf, readStackFile } from '../local/stack/stack-file.ts';
import type { Firewall } from './behind.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/aegis.js', import.meta.url));
const DEFAULT_MCP_PORT = '8001';

/**
 * The firewall of the data directory, whether it runs or not. One that is started later by a wrapped server finds its
 * policy and its servers where they are now.
 */
export async function firewallHere(env: Env): Promise<Firewall> {
  const dataDir = resolve(dataDirOf(env));
  const found = await readStackFile(dataDir);
  const stack = 'stack' in found ? found.stack : undefined;
  const policyPath = resolve(stack?.policy_path ?? (env['POLICY_PATH'] || besideData('policy.yml', env)));
  const mcpUrl = stack?.mcp_url ?? `http://127.0.0.1:${env['MCP_PORT'] || DEFAULT_MCP_PORT}/mcp`;
  return {
    node: process.execPath,
    launcher: LAUNCHER,
    dataDir,
    policyPath: existsSync(policyPath) ? policyPath : undefined,
    mcpUrl: mcpUrl.replace(/\/+$/, ''),
    serversPath:
      stack?.mcp_servers_path ?? resolve(env['MCP_SERVERS'] || besideData('mcp-servers.json', env)),
  };
}
