import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export const AGENTS = ['support-agent', 'billing-agent', 'files-agent'] as const;
export type AgentName = (typeof AGENTS)[number];

/** An agent that calls tools, or asks for leave to, under its own name. */
export type Agent = {
  /** Calls a tool of the server at this address. */
  call(url: string, tool: string, args: object): Promise<void>;
};
export type Agents = Record<AgentName, Agent> & { keysFile: string; stop(): Promise<void> };

async function callWith(key: string, url: string, tool: string, args: object) {
  const client = new Client({ name: 'agent', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  await client.callTool({ name: tool, arguments: { ...args } });
  await client.close();
}

/** Gives each agent a key; the stack has to know the file of their digests. */
export async function createAgents(): Promise<Agents> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-agents-'));
  const keysFile = join(folder, 'mcp-keys.json');
  const keys = AGENTS.map((name) => [name, makeKey('aegis')] as const);
  const digests = Object.fromEntries(keys.map(([name, key]) => [name, keyDigest(key)]));
  await writeFile(keysFile, JSON.stringify({ keys: digests }));
  const agents = keys.map(([name, key]): [AgentName, Agent] => [
    name,
    { call: (url, tool, args) => callWith(key, url, tool, args) },
  ]);
  return {
    ...(Object.fromEntries(agents) as Record<AgentName, Agent>),
    keysFile,
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}
