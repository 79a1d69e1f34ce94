import { type ServerContext, TRACEPARENT_META_KEY } from '@modelcontextprotocol/server';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The caller's own W3C trace context, from the request's `_meta` or the HTTP header; one that is not valid is ignored
 * (https://www.w3.org/TR/trace-context/#a-traceparent-is-received).
 */
export function callerTrace(ctx: Pick<ServerContext, 'mcpReq' | 'http'>): string | undefined {
  const { _meta: meta } = ctx.mcpReq;
  const given = meta?.[TRACEPARENT_META_KEY] ?? ctx.http?.req?.headers.get('traceparent');
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined;
}
