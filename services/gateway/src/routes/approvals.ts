import { standingAndNext } from '@aegis/contracts/approval-words';
import {
  ApprovalId,
  ApprovalStatus,
  approvalsGet,
  approvalsList,
  Unreadable,
} from '@aegis/contracts/approvals';
import { Note } from '@aegis/contracts/call';
import { approvalsComplete } from '@aegis/contracts/codes';
import { fixtureOf } from '@aegis/contracts/fixture';
import { isOneKey, ONE_KEY, runKeyOf } from '@aegis/contracts/run-key';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApprovalItem, itemFor, toApprovalItem } from '../approval-item.ts';
import { requireNameOrCode } from '../http/ask-who.ts';
import { authenticate, permitOf, watchCaller } from '../http/callers.ts';
import { isByAgent } from '../http/credential.ts';
import { etagOf, isKnown } from '../http/revision.ts';
import { onlyOf } from '../http/rights.ts';
import { callerOf, holderOf } from '../http/turns.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { BODY_FAULTS, CREDENTIAL_FAULTS, problems } from '../schemas/problem.ts';
import { waitFor, wholeNumber } from '../schemas/query.ts';
import { ownIdOf } from './already-decided.ts';

const tags = ['approvals'];

const ApprovalList = z
  .strictObject({
    approvals: z.array(ApprovalItem),
    unreadable: z
      .array(Unreadable)
      .optional()
      .describe('those that can not be read whole: without their arguments above, or not there at all'),
    next: z.string().optional(),
  })
  .meta({
    id: 'Approvals',
    description: 'A page of approvals',
    examples: [{ approvals: fixtureOf(approvalsList).reply.approvals.map(toApprovalItem) }],
  });

const ApprovalsQuery = z.strictObject({
  status: ApprovalStatus.optional(),
  limit: wholeNumber(1, 500).default(100),
  before: z.string().min(1).max(200).optional(),
});

/** Either id names an approval, in either field. */
export const ApprovalParams = z.strictObject({ id: z.string().min(1).max(200) });

const GetQuery = z.strictObject({ wait: waitFor.default(0) });

const GetHeaders = z.object({ 'if-none-match': z.string().optional() });

/** 304: no body. */
const Unchanged = z.null().meta({ description: 'Nothing: it is as you have it' });

const CompleteBody = z
  .strictObject({
    run_key: z.string().min(1).max(200).optional(),
    dry_run_id: z.string().min(1).max(200).optional(),
    approval_id: z.string().min(1).max(200).optional(),
    approval_code: z.string().min(1, 'required').max(1024),
    reason: Note.optional(),
  })
  .refine(isOneKey, ONE_KEY)
  .refine((body) => (runKeyOf(body) === undefined) !== (body.approval_id === undefined), {
    path: ['run_key'],
    message: 'expected exactly one of run_key (or dry_run_id, its older name) and approval_id',
  })
  .meta({
    id: 'Complete',
    description: 'An id and a code',
    examples: [{ run_key: 'refund-A-1001', approval_code: 'the code', reason: 'The parcel was lost' }],
  });

/** `ok`: the call is approved, by this answer or an earlier one; else `reason` says why not. */
const CompleteResult = z
  .strictObject({
    ok: z.boolean(),
    status: ApprovalStatus,
    approval_id: ApprovalId,
    reason: z.string().optional(),
  })
  .meta({
    id: 'CompleteResult',
    description: 'The standing decision',
    examples: [{ ok: true, status: 'approved', approval_id: 'apr_y7h5ouf4g2pd3geca2nc3fuqlo' }],
  });

function listRoute(app: App, { ask }: HttpDeps): void {
  const list = {
    tags,
    operationId: 'listApprovals',
    summary: 'Approvals, newest first',
    description: 'A page ends with `next` where there are more: ask again with `before=<next>`.',
    querystring: ApprovalsQuery,
    response: { 200: ApprovalList, ...problems([...CREDENTIAL_FAULTS, 422, 503]) },
  };
  app.get('/approvals', { schema: list }, async (request) => {
    const principal = onlyOf(permitOf(request), request.caller);
    const page = await ask(approvalsList, { ...request.query, principal }, request);
    return { ...page, approvals: page.approvals.map((approval) => itemFor(request, approval)) };
  });
}

/** An approval as it stands, or where the caller waits, as soon as it is no longer pending. */
function createFind({ ask, door, waiting, callers, endings, limitOf }: HttpDeps) {
  return async (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply, waitMs: number) => {
    const principal = onlyOf(permitOf(request), request.caller);
    const found = await ask(approvalsGet, { ...request.params, principal }, request);
    const { status, approval_id } = found.approval;
    if (waitMs === 0 || status !== 'pending') return found;
    const left = new AbortController();
    reply.raw.once(
      'close',
      endings.add(request.principal, () => left.abort()),
    );
    reply.raw.once('close', () => left.abort());
    const leave = (): void => left.abort();
    const unwatch = await watchCaller(callers, request, leave).catch(leave);
    if (unwatch) left.signal.addEventListener('abort', unwatch);
    door.stepAside(request);
    const wait = {
      holder: holderOf(request),
      most: limitOf(request.principal, 'waiting_requests'),
      approvalId: approval_id,
      untilMs: Date.now() + waitMs,
      gone: left.signal,
    };
    const decided = await waiting.decided(wait, async () => {
      const endTurn = await door.looks.take(callerOf(request));
      try {
        return await ask(approvalsGet, { id: approval_id, principal }, request);
      } finally {
        endTurn();
      }
    });
    // Their key may have ended while they waited, or what they may read.
    request.caller = await authenticate(callers, request);
    return decided;
  };
}

function getRoute(app: App, deps: HttpDeps): void {
  const find = createFind(deps);
  const get = {
    tags,
    operationId: 'getApproval',
    summary: 'One approval, by its own id or its run key',
    description:
      'With `wait` (up to 60s, such as `30s`) a pending one is answered once it is decided or over, or as it stands when the ' +
      'time is up; what is over is answered at once. Its `ETag` changes with each change. With `If-None-Match` an unchanged one is ' +
      'a 304 without a body.',
    params: ApprovalParams,
    querystring: GetQuery,
    headers: GetHeaders,
    response: { 200: ApprovalItem, 304: Unchanged, ...problems([...CREDENTIAL_FAULTS, 404, 409, 422, 503]) },
  };
  app.get('/approvals/:id', { schema: get }, async (request, reply) => {
    const found = await find(request, reply, request.query.wait);
    if (found.revision !== undefined) {
      const etag = etagOf(found.revision);
      reply.header('etag', etag);
      if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send(null);
    }
    return itemFor(request, found.approval);
  });
}

function completeRoute(app: App, { ask, callers }: HttpDeps): void {
  const schema = {
    tags,
    operationId: 'completeApproval',
    summary: 'Approve with a code; a wrong code denies',
    description:
      'There is no second guess. One that is already decided answers its standing decision. A code that an approver drew for ' +
      'this approval (`POST /approvals/{id}/code`) is taken where the call was asked over REST; one that was right once, and ' +
      'counts no more, is a 409 and denies nothing. Where no code can be right, because none was drawn and the approval code ' +
      'does not decide it or is not set, nothing is wrong either: a 403. The approval code is a ' +
      "person's credential: beside an agent's key it is refused. From the first key of an agent on, a wrong code without a key is " +
      'a 401, and denies nothing. What another asked is not there for an agent.',
    body: CompleteBody,
    response: { 200: CompleteResult, ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS, 404, 409]) },
  };
  app.post('/approvals/complete', { schema }, async (request) => {
    const { approval_id, approval_code, reason } = request.body;
    await requireNameOrCode(ask, callers, request, approval_code);
    const named = runKeyOf(request.body) ?? approval_id ?? '';
    const isOwn = request.caller.is.includes('agent');
    const { approval } = await ask(
      approvalsComplete,
      {
        id: isOwn ? await ownIdOf(ask, request, named) : named,
        approval_code,
        reason,
        source: request.ip,
        principal: request.principal,
        ...(isByAgent(request) ? { by_agent: true as const } : {}),
      },
      request,
    );
    const ok = approval.status === 'approved' || approval.status === 'consumed';
    const { status, approval_id: id } = approval;
    return {
      ok,
      status,
      approval_id: id,
      ...(ok ? {} : { reason: `${standingAndNext(approval)}.` }),
    };
  });
}

/** The human side, for programs; people use the page at `/ui/approvals`. */
export function approvalRoutes(app: App, deps: HttpDeps): void {
  listRoute(app, deps);
  getRoute(app, deps);
  completeRoute(app, deps);
}
