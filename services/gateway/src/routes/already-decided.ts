import { type Approval, approvalsGet } from '@aegis/contracts/approvals';
import { AppError } from '@aegis/kit/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { itemFor } from '../approval-item.ts';
import { problemOf, replyProblem } from '../http/problems.ts';
import type { AskFor } from '../http/request-context.ts';
import { etagOf } from '../http/revision.ts';

type AsItStands = { approval: Approval; revision?: number | undefined };

/** Nothing was decided: a 409 that says why, with the approval as it stands. */
export function replyAlreadyDecided(
  request: FastifyRequest,
  reply: FastifyReply,
  because: string,
  { approval, revision }: AsItStands,
): FastifyReply {
  if (revision !== undefined) reply.header('etag', etagOf(revision));
  const problem = problemOf(new AppError('already_decided', because), request);
  return replyProblem(reply, { ...problem, approval: itemFor(request, approval) });
}

/** Runs what a service may refuse as decided already, and answers that with the approval as it stands. */
export async function orAlreadyDecided<T>(
  ask: AskFor,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  run: () => Promise<T>,
): Promise<T | FastifyReply> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'already_decided') throw thrown;
    return replyAlreadyDecided(request, reply, thrown.message, await ask(approvalsGet, { id }, request));
  }
}

/** The id of what the caller asked, by either id; another's is not there. @throws AppError `approval_not_found` */
export async function ownIdOf(ask: AskFor, request: FastifyRequest, id: string): Promise<string> {
  return (await ask(approvalsGet, { id, principal: request.principal }, request)).approval.approval_id;
}
