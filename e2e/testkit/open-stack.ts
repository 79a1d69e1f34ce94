import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from './stack.ts';

const ALLOW_ALL = { version: 2, rules: [{ match: '*', decision: 'allow' }] };

/** An MCP server behind the firewall, in the shape that MCP clients have for it. */
export type UpstreamServer =
  | { url: string; headers?: Record<string, string> }
  | { command: string; args: string[]; env?: Record<string, string> };

/** A stack whose policy allows every call, with these servers behind `/mcp/{server}`. */
export async function startOpenStack(mcpServers: Record<string, UpstreamServer> = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-open-'));
  const [policyPath, serversPath] = [join(folder, 'policy.json'), join(folder, 'mcp-servers.json')];
  await writeFile(policyPath, JSON.stringify(ALLOW_ALL));
  await writeFile(serversPath, JSON.stringify({ mcpServers }));
  const stack = await startStack({ env: { POLICY_PATH: policyPath, MCP_SERVERS: serversPath } });
  return {
    ...stack,
    async stop() {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
