import type { Socket } from 'node:net';
import type { Refusals } from '@aegis/bus';
import { AppError, fromFastify, type Problem, toAppError, toProblem } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import { retryFields } from '@aegis/kit/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const PROBLEM_TYPE = 'application/problem+json';

/** What a guard's caller reads even from a fault: nothing was allowed. */
export type GuardProblem = Problem & { allowed: false; approval_required: false; reasons: [string] };

/** Anything thrown, as the body of its answer. A fault on `/guard/*` also reads as a decision that allows nothing. */
export function problemOf(
  thrown: unknown,
  request: { id: string; url: string; routeOptions?: { bodyLimit?: number | undefined } },
): Problem | GuardProblem {
  const problem = toProblem(
    fromFastify(thrown, request.routeOptions?.bodyLimit),
    `urn:aegis:request:${request.id}`,
  );
  if (!request.url.startsWith('/guard/')) return problem;
  return { ...problem, allowed: false, approval_required: false, reasons: [problem.code] };
}

/**
 * Answers with a problem; a 401 says how to sign in (RFC 9110, section 15.5.2). As bytes, because Fastify adds a charset to
 * text, which this type does not have.
 */
export function replyProblem(reply: FastifyReply, problem: Problem & Record<string, unknown>): FastifyReply {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(problem.status)
    .type(PROBLEM_TYPE)
    .send(Buffer.from(JSON.stringify(problem)));
}

/** Whether an answer means that something was refused; a page that is not there, and a part that is away, refuse nothing. */
export const isRefusal = (method: string, status: number): boolean =>
  status >= 400 && (method === 'POST' || (status < 500 && status !== 404));

/** The one place where something thrown becomes an answer. What is not ours is logged whole and shown to nobody. */
export const sendProblem =
  (log: Logger, refusals: Pick<Refusals, 'count'>) =>
  (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(thrown, request);
    if (isRefusal(request.method, problem.status)) refusals.count(problem.code, request.ip);
    // A part that is away shows in /health; a line for each caller who met it would only fill the disk.
    const level = problem.code === 'internal' ? 'error' : 'debug';
    log[level](
      { err: thrown, code: problem.code, requestId: request.id, url: request.routeOptions.url },
      'request failed',
    );
    reply.headers(retryFields(toAppError(thrown)));
    return replyProblem(reply.header('x-request-id', request.id), problem);
  };

const UNREADABLE: Readonly<Record<string, [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
};

/** Answers what is not HTTP at all, on the bare socket, and hangs up. */
export function refuseUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  refusals: Pick<Refusals, 'count'>,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  refusals.count('not_http', socket.remoteAddress);
  const [status, title] = UNREADABLE[error.code ?? ''] ?? [400, 'Bad Request'];
  const body = JSON.stringify({
    ...toProblem(new AppError('invalid_request', 'The request can not be read as HTTP.')),
    status,
    title,
  });
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
