import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '@aegis/bus';

const SANE_ID = /^[A-Za-z0-9._:-]{1,128}$/;
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's `X-Request-Id` where it is 1 to 128 plain characters, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}

/** The caller's trace, or undefined: an invalid one is as none (https://www.w3.org/TR/trace-context/#processing-model). */
export function traceparentFrom(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['traceparent'];
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined;
}

/** What a request carries over the bus: its deadline from now on, and the caller's trace. */
export const contextOf = (headers: IncomingHttpHeaders, timeoutMs: number): RequestContext => ({
  deadlineMs: Date.now() + timeoutMs,
  traceparent: traceparentFrom(headers),
});
