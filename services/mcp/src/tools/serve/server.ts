import { ANONYMOUS } from '@aegis/contracts/call';
import { toAppError, toToolError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { parseTraceparent } from '@aegis/kit/trace';
import {
  type CallToolResult,
  McpServer,
  type ServerContext,
  TRACEPARENT_META_KEY,
} from '@modelcontextprotocol/server';
import pkg from '../../../package.json' with { type: 'json' };
import type { Tool } from '../tool.ts';

const INFO = { name: 'aegis', title: 'AegisMCP', version: pkg.version };

const INSTRUCTIONS =
  'AegisMCP decides which of your tool calls may run. Before each call that has an effect, call firewall_enforce with ' +
  'the call exactly as you will make it, and make it only if the answer has allowed: true. Never work around a blocked ' +
  'or pending answer.';

/** The list of tools never changes while a version runs; it is the same for everybody. */
const TOOLS_CACHE = { 'tools/list': { ttlMs: 60_000, cacheScope: 'public' } } as const;

/**
 * The caller's own W3C trace context, from the request's `_meta` or the HTTP header; one that is not valid is ignored
 * (https://www.w3.org/TR/trace-context/#a-traceparent-is-received).
 */
function callerTrace(ctx: Pick<ServerContext, 'mcpReq' | 'http'>): string | undefined {
  const { _meta: meta } = ctx.mcpReq;
  const given = meta?.[TRACEPARENT_META_KEY] ?? ctx.http?.req?.headers.get('traceparent');
  return parseTraceparent(given);
}

type ServerDeps = {
  readonly log: Logger;
  /** Who calls, where a request does not say so itself. */
  readonly principal: string;
};

/** Runs one tool; every fault is a result that the model can read, and never an allowance. */
async function answer(
  tool: Tool,
  args: unknown,
  ctx: ServerContext,
  { log, principal: connected }: ServerDeps,
): Promise<CallToolResult> {
  try {
    const { clientId: principal = connected, extra } = ctx.http?.authInfo ?? {};
    const from = typeof extra?.['from'] === 'string' ? extra['from'] : undefined;
    return await tool.call(args, { principal, from, traceparent: callerTrace(ctx) });
  } catch (thrown) {
    const error = toAppError(thrown);
    const level = error.code === 'internal' ? 'error' : 'info';
    log[level]({ err: error.cause ?? error, code: error.code, tool: tool.name }, 'tool call failed');
    return toToolError(error);
  }
}

/** An MCP server with these tools, for one connection (of a relay) or one request (HTTP). */
export function createServer(tools: readonly Tool[], log: Logger, principal: string = ANONYMOUS): McpServer {
  const server = new McpServer(INFO, {
    capabilities: { tools: { listChanged: false } },
    instructions: INSTRUCTIONS,
    cacheHints: TOOLS_CACHE,
  });
  for (const tool of tools) {
    const { name, title, description, annotations, inputSchema, outputSchema } = tool;
    server.registerTool(
      name,
      { title, description, annotations, inputSchema, outputSchema },
      (args: unknown, ctx: ServerContext) => answer(tool, args, ctx, { log, principal }),
    );
  }
  return server;
}
