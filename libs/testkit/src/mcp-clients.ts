import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

export type ToolResult = {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: Record<string, unknown>;
};

/** What the tests need of a real MCP client, whichever it is. */
export type AnyClient = {
  list(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>): Promise<ToolResult>;
  close(): Promise<void>;
};

export type Way = 'stdio' | 'http';

/** Where the tools are: over HTTP, and as a command to start. */
export type Target = { url: string; command: string; args: string[]; env: Record<string, string> };

const INFO = { name: 'test', version: '1' };
const childOf = ({ command, args, env }: Target) => ({ command, args, env });

/** The SDK's v2 client, pinned to the newest revision or speaking the older ones. */
export async function connectV2(target: Target, way: Way, era: 'modern' | 'legacy'): Promise<AnyClient> {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client(INFO, { versionNegotiation: { mode } });
  const http = () => new StreamableHTTPClientTransport(new URL(target.url));
  await client.connect(way === 'http' ? http() : new StdioClientTransport(childOf(target)));
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: args })) as ToolResult,
    close: () => client.close(),
  };
}

/** The SDK's v1 client, which knows the older revisions only. */
export async function connectV1(target: Target, way: Way): Promise<AnyClient> {
  const client = new ClientV1(INFO);
  await client.connect(way === 'http' ? new HttpV1(new URL(target.url)) : new StdioV1(childOf(target)));
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: args })) as ToolResult,
    close: () => client.close(),
  };
}
