import { approvalsComplete, approvalsGet, approvalsList } from '@aegis/contracts/approvals';
import { toApprovalItem } from '../approval-item.ts';
import { contextOf } from '../http/request-context.ts';
import { etagOf, isKnown } from '../http/revision.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import {
  ApprovalItem,
  ApprovalList,
  ApprovalParams,
  ApprovalsQuery,
  CompleteBody,
  CompleteResult,
  GetHeaders,
  Unchanged,
} from '../schemas/approvals.ts';
import { BODY_FAULTS, problems } from '../schemas/problem.ts';

const tags = ['approvals'];

function readRoutes(app: App, { bus, config }: HttpDeps): void {
  const within = config.REQUEST_TIMEOUT_MS;
  const list = {
    tags,
    operationId: 'listApprovals',
    summary: 'Approvals, newest first',
    description: 'A page ends with `next` where there are more: ask again with `before=<next>`.',
    querystring: ApprovalsQuery,
    response: { 200: ApprovalList, ...problems([422, 503]) },
  };
  app.get('/approvals', { schema: list }, async (request) => {
    const page = await bus.ask(approvalsList, request.query, contextOf(request.headers, within));
    return { ...page, approvals: page.approvals.map(toApprovalItem) };
  });

  const get = {
    tags,
    operationId: 'getApproval',
    summary: 'One approval, by its own id or its dry run id',
    description:
      'Its `ETag` changes with each change. With `If-None-Match` an unchanged one is a 304 without a body.',
    params: ApprovalParams,
    headers: GetHeaders,
    response: { 200: ApprovalItem, 304: Unchanged, ...problems([404, 409, 422, 503]) },
  };
  app.get('/approvals/:id', { schema: get }, async (request, reply) => {
    const found = await bus.ask(approvalsGet, request.params, contextOf(request.headers, within));
    if (found.revision !== undefined) {
      const etag = etagOf(found.revision);
      reply.header('etag', etag);
      if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send(null);
    }
    return toApprovalItem(found.approval);
  });
}

function completeRoute(app: App, { bus, config }: HttpDeps): void {
  const schema = {
    tags,
    operationId: 'completeApproval',
    summary: 'Approve with the code; a wrong code denies',
    description: 'There is no second guess. One that is already decided answers its standing decision.',
    body: CompleteBody,
    response: { 200: CompleteResult, ...problems([...BODY_FAULTS, 404, 409, 429]) },
  };
  app.post('/approvals/complete', { schema }, async (request) => {
    const { dry_run_id, approval_id, approval_code, reason } = request.body;
    const { approval } = await bus.ask(
      approvalsComplete,
      { id: dry_run_id ?? approval_id ?? '', approval_code, reason, source: request.ip },
      contextOf(request.headers, config.REQUEST_TIMEOUT_MS),
    );
    const ok = approval.status === 'approved' || approval.status === 'consumed';
    return { ok, status: approval.status, approval_id: approval.approval_id };
  });
}

/** The human side, for programs; people use the page at `/ui/approvals`. */
export function approvalRoutes(app: App, deps: HttpDeps): void {
  readRoutes(app, deps);
  completeRoute(app, deps);
}
