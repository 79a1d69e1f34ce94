import { parseTraceparent } from '@aegis/kit/trace';
import { type ServerContext, TRACEPARENT_META_KEY } from '@modelcontextprotocol/server';

/**
 * The caller's own W3C trace context, from the request's `_meta` or the HTTP header; one that is not valid is ignored
 * (https://www.w3.org/TR/trace-context/#a-traceparent-is-received).
 */
export function callerTrace(ctx: Pick<ServerContext, 'mcpReq' | 'http'>): string | undefined {
  const { _meta: meta } = ctx.mcpReq;
  const given = meta?.[TRACEPARENT_META_KEY] ?? ctx.http?.req?.headers.get('traceparent');
  return parseTraceparent(given);
}
