import { setTimeout as sleep } from 'node:timers/promises';
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

/** A small stdio server of both eras for the tests. */
function createEcho(): McpServer {
  const server = new McpServer({ name: 'echo', version: '1' }, { capabilities: { tools: {}, logging: {} } });
  server.registerTool('echo', { inputSchema: z.object({ say: z.string() }) }, ({ say }) => text(say));
  server.registerTool('env', { inputSchema: z.object({ name: z.string() }) }, ({ name }) =>
    text(process.env[name] ?? 'not set'),
  );
  server.registerTool('pid', {}, () => text(String(process.pid)));
  server.registerTool('die', {}, () => process.exit(7));
  server.registerTool('slow', { inputSchema: z.object({ ms: z.number() }) }, async ({ ms }, ctx) => {
    const { _meta: meta } = ctx.mcpReq;
    const progressToken = meta?.progressToken;
    if (progressToken !== undefined) {
      await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1 } });
    }
    await sleep(ms);
    return text('done');
  });
  return server;
}

serveStdio(() => createEcho());
