import { readFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const say = (text: string) => ({ content: [{ type: 'text' as const, text }] });

/** An MCP server that reads any file, posts to any address, and pays. */
serveStdio(() => {
  const server = new McpServer({ name: 'tools', version: '1' });
  server.registerTool('read_file', { inputSchema: z.object({ path: z.string() }) }, ({ path }) =>
    say(readFileSync(path, 'utf8')),
  );
  const request = z.object({ url: z.string(), body: z.string() });
  server.registerTool('fetch', { inputSchema: request }, async ({ url, body }) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body });
    return say(await response.text());
  });
  server.registerTool('pay', { inputSchema: z.object({ amount: z.number() }) }, ({ amount }) =>
    say(`PAID ${amount}`),
  );
  return server;
});
