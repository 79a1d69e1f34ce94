import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { STDIO_CHILD, type Stack } from './stack.ts';

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

const INFO = { name: 'test', version: '1' };
const childOf = (stack: Stack) => ({
  command: process.execPath,
  args: [STDIO_CHILD],
  env: { ...stack.childEnv, LOG_LEVEL: 'silent' },
});

/** The SDK's v2 client, pinned to the newest revision or speaking the older ones. */
export async function connectV2(stack: Stack, way: Way, era: 'modern' | 'legacy'): Promise<AnyClient> {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy';
  const client = new Client(INFO, { versionNegotiation: { mode } });
  const http = () => new StreamableHTTPClientTransport(new URL(stack.url));
  await client.connect(way === 'http' ? http() : new StdioClientTransport(childOf(stack)));
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: args })) as ToolResult,
    close: () => client.close(),
  };
}

/** The SDK's v1 client, which knows the older revisions only. */
export async function connectV1(stack: Stack, way: Way): Promise<AnyClient> {
  const client = new ClientV1(INFO);
  await client.connect(way === 'http' ? new HttpV1(new URL(stack.url)) : new StdioV1(childOf(stack)));
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => (await client.callTool({ name, arguments: args })) as ToolResult,
    close: () => client.close(),
  };
}
