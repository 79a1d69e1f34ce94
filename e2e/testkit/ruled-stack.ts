import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from './rest.ts';
import { type Stack, startStack } from './stack.ts';

/** An MCP server behind the firewall, in the shape that MCP clients have for it. */
export type UpstreamServer =
  | { url: string; headers?: Record<string, string> }
  | { command: string; args: string[]; env?: Record<string, string>; aegis?: { hold: string } };

export type RuledStackOptions = {
  /** Rules of a policy of version 2, the first that matches wins. */
  rules: readonly Record<string, unknown>[];
  /** What is behind `/mcp/{server}`. */
  mcpServers?: Record<string, UpstreamServer>;
  env?: Record<string, string>;
};

/** A stack with these rules, in the file `stack.policyPath`, which goes with the stack. */
export async function startRuledStack({ rules, mcpServers = {}, env }: RuledStackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-ruled-'));
  const [policyPath, serversPath] = [join(folder, 'policy.json'), join(folder, 'mcp-servers.json')];
  await writeFile(policyPath, JSON.stringify({ version: 2, rules }));
  await writeFile(serversPath, JSON.stringify({ mcpServers }));
  const stack = await startStack({ env: { POLICY_PATH: policyPath, MCP_SERVERS: serversPath, ...env } });
  return {
    ...stack,
    async stop() {
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A stack whose policy allows every call, with these servers behind `/mcp/{server}`. */
export const startOpenStack = (mcpServers: Record<string, UpstreamServer> = {}): Promise<Stack> =>
  startRuledStack({ rules: [{ match: '*', decision: 'allow' }], mcpServers });

/** Writes another policy into the stack's policy file, and waits until it is in force. */
export async function changePolicy({ url, policyPath }: Stack, policy: object): Promise<void> {
  const digest = async (): Promise<unknown> => (await get(url, '/policy')).body['digest'];
  const before = await digest();
  await writeFile(policyPath, JSON.stringify(policy));
  for (const giveUp = Date.now() + 10_000; (await digest()) === before; await sleep(50))
    if (Date.now() > giveUp) throw new Error('the policy did not come into force');
}

/** The same with these rules. */
export const changeRules = (stack: Stack, rules: RuledStackOptions['rules']): Promise<void> =>
  changePolicy(stack, { version: 2, rules });
