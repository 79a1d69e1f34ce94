import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '@aegis/bus';
import { parseTraceparent } from '@aegis/kit/trace';

const SANE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's `X-Request-Id` where it is 1 to 128 plain characters, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}

/** What a request carries over the bus: its deadline from now on, and the caller's trace. */
export const contextOf = (headers: IncomingHttpHeaders, timeoutMs: number): RequestContext => ({
  deadlineMs: Date.now() + timeoutMs,
  traceparent: parseTraceparent(headers['traceparent']),
});
