import { setTimeout as sleep } from 'node:timers/promises';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';

const STEP_MS = 50;
const done = (text: string) => ({ content: [{ type: 'text' as const, text }] });

async function reportProgress({ mcpReq }: ServerContext): Promise<void> {
  const { _meta: meta } = mcpReq;
  const progressToken = meta?.progressToken;
  for (const progress of [0, 50, 100]) {
    if (progress > 0) await sleep(STEP_MS);
    if (progressToken === undefined) continue;
    await mcpReq.notify({
      method: 'notifications/progress',
      params: { progressToken, progress, total: 100 },
    });
  }
}

/** Tools that send something before their result: log lines, progress, or the end of their own stream. */
export function addStreamingTools(server: McpServer): void {
  server.registerTool('test_tool_with_logging', { description: 'Logs three lines.' }, async (ctx) => {
    const lines = ['Tool execution started', 'Tool processing data', 'Tool execution completed'];
    for (const [index, line] of lines.entries()) {
      if (index > 0) await sleep(STEP_MS);
      await ctx.mcpReq.log('info', line);
    }
    return done('Logged.');
  });
  server.registerTool('test_tool_with_progress', { description: 'Reports progress.' }, async (ctx) => {
    await reportProgress(ctx);
    return done('Went from 0 to 100.');
  });
  server.registerTool('test_logging_tool', { description: 'Logs where it may.' }, async (ctx) => {
    await ctx.mcpReq.log('info', 'The client asked for log lines.');
    return done('Logged where the client asked for it.');
  });
  server.registerTool('test_reconnection', { description: 'Closes its stream first.' }, async (ctx) => {
    ctx.http?.closeSSE?.();
    await sleep(2 * STEP_MS);
    return done('This comes on the stream that was resumed.');
  });
}
