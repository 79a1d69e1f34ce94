import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Bus, RequestContext } from '@aegis/bus';
import type { Rpc } from '@aegis/contracts/rpc';
import { parseTraceparent } from '@aegis/kit/trace';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** What is read of a request. */
export type Asking = Pick<FastifyRequest, 'headers' | 'ip' | 'principal'>;

const SANE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The caller's `X-Request-Id` where it is 1 to 128 plain characters, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE_ID.test(given) ? given : randomUUID();
}

/** What a request carries over the bus: its deadline from now on, the caller's trace, and who and where the caller is. */
export const contextOf = ({ headers, ip, principal }: Asking, timeoutMs: number): RequestContext => ({
  deadlineMs: Date.now() + timeoutMs,
  traceparent: parseTraceparent(headers['traceparent']),
  caller: { principal, from: ip },
});

/** Asks a service on behalf of a request; `atLeastMs` where the answer may take longer than others. */
export type AskFor = <Req extends z.ZodType, Rep extends z.ZodType>(
  question: Rpc<Req, Rep>,
  data: z.input<Req>,
  request: Asking,
  atLeastMs?: number,
) => Promise<z.output<Rep>>;

export const createAskFor =
  (bus: Pick<Bus, 'ask'>, timeoutMs: number): AskFor =>
  (question, data, request, atLeastMs = 0) =>
    bus.ask(question, data, contextOf(request, Math.max(timeoutMs, atLeastMs)));

/** The same where the question is JSON text already. */
export type AskTextFor = <Req extends z.ZodType, Rep extends z.ZodType>(
  question: Rpc<Req, Rep>,
  data: string,
  request: Asking,
  atLeastMs?: number,
) => Promise<z.output<Rep>>;

export const createAskTextFor =
  (bus: Pick<Bus, 'askText'>, timeoutMs: number): AskTextFor =>
  (question, data, request, atLeastMs = 0) =>
    bus.askText(question, data, contextOf(request, Math.max(timeoutMs, atLeastMs)));
