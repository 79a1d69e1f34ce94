import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Command } from './raw-client.ts';

const INFO = { name: 'a-real-client', version: '1.0.0' };
const URI = 'demo://resource/static/document/features.md';
const PROMPT = { name: 'args-prompt', arguments: { city: 'Ulm' } };
const CALLS = [
  { name: 'echo', arguments: { message: 'hello' } },
  { name: 'get-sum', arguments: { a: 2, b: 3 } },
  { name: 'get-structured-content', arguments: { location: 'New York' } },
];

/** What a client has seen of server-everything. */
export type Seen = Record<'tools' | 'resources' | 'prompts' | 'called' | 'read' | 'prompt', unknown>;

/** The methods that both SDK clients have under the same names. */
type Sdk = Pick<
  Client,
  'listTools' | 'listResources' | 'listPrompts' | 'callTool' | 'readResource' | 'getPrompt' | 'close'
>;

async function look(client: Sdk): Promise<Seen> {
  const called: unknown[] = [];
  const tools = await client.listTools();
  const resources = await client.listResources();
  const prompts = await client.listPrompts();
  for (const call of CALLS) called.push(await client.callTool(call));
  const read = await client.readResource({ uri: URI });
  const prompt = await client.getPrompt(PROMPT);
  await client.close();
  return { tools, resources, prompts, called, read, prompt };
}

/** The SDK's v2 client, which finds out itself what revision the server speaks. */
export async function lookWithV2(server: Command): Promise<Seen> {
  const client = new Client(INFO, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StdioClientTransport({ ...server, stderr: 'ignore' }));
  return look(client);
}

/** The SDK's v1 client. */
export async function lookWithV1(server: Command): Promise<Seen> {
  const client = new ClientV1(INFO);
  await client.connect(new StdioV1({ ...server, stderr: 'ignore' }));
  return look(client as unknown as Sdk);
}
