import { appendFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

/** An MCP server of both eras with one tool, `pay`, that writes each payment to the file that its only argument names. */
const file = process.argv[2] ?? '';

serveStdio(() => {
  const server = new McpServer({ name: 'bank', version: '1' });
  server.registerTool('pay', { inputSchema: z.object({ to: z.string() }) }, ({ to }) => {
    appendFileSync(file, `${to}\n`);
    return { content: [{ type: 'text', text: `paid ${to}` }] };
  });
  return server;
});
