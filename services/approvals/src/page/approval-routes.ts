import { ApprovalId, ApprovalStatus } from '@aegis/shared/contracts/approvals';
import { toAppError } from '@aegis/shared/errors/app-error';
import { CATALOGUE, isErrorCode } from '@aegis/shared/errors/catalogue';
import type { FastifyInstance } from 'fastify';
import type { Lifecycle } from '../lifecycle.ts';
import type { List } from '../nats.ts';
import { approvalPage, noSuchPage } from './approval-page.ts';
import { approvalsPage, ROW } from './approvals-page.ts';
import { ANSWER_WITHIN_MS, HTML, isForeign, sourceOfForm } from './form.ts';
import type { Notice } from './layout.ts';

const ROWS = 50;

export type ApprovalRoutesDeps = { list: List; lifecycle: Lifecycle; useWithinMs: number };
type Query = { status?: string; before?: string; decided?: string; error?: string };

/** What the page says after a form was sent; the text is ours, never the address line's. */
async function notice({ decided, error }: Query, lifecycle: Lifecycle): Promise<Notice | undefined> {
  if (error !== undefined && isErrorCode(error)) return { tone: 'bad', text: `${CATALOGUE[error].title}.` };
  if (decided === undefined) return undefined;
  const approval = await lifecycle.get(decided, Date.now() + ANSWER_WITHIN_MS);
  const tone = approval.status === 'approved' || approval.status === 'consumed' ? 'good' : 'bad';
  return { tone, text: `Approval ${approval.approval_id} is ${approval.status}.` };
}

function readRoutes(app: FastifyInstance, { list, lifecycle, useWithinMs }: ApprovalRoutesDeps): void {
  app.get<{ Querystring: Query }>('/ui/approvals', async (request, reply) => {
    const status = ApprovalStatus.safeParse(request.query.status).data;
    const { before } = request.query;
    const page = await list({ limit: ROWS, status, before }, ROW, Date.now() + ANSWER_WITHIN_MS);
    return reply.type(HTML).send(
      approvalsPage({
        rows: page.items,
        next: page.next,
        status,
        notice: await notice(request.query, lifecycle),
      }),
    );
  });

  app.get<{ Params: { id: string }; Querystring: Query }>('/ui/approvals/:id', async (request, reply) => {
    const { id } = request.params;
    const { decided, error } = request.query;
    if (!ApprovalId.safeParse(id).success) return reply.code(404).type(HTML).send(noSuchPage());
    try {
      const approval = await lifecycle.get(id, Date.now() + ANSWER_WITHIN_MS);
      const said = await notice({ ...(decided && { decided: id }), ...(error && { error }) }, lifecycle);
      return reply.type(HTML).send(approvalPage(approval, useWithinMs, said));
    } catch (thrown) {
      if (toAppError(thrown).code !== 'approval_not_found') throw thrown;
      return reply.code(404).type(HTML).send(noSuchPage());
    }
  });
}

/** The list, one approval, and the form that decides it: only a POST of our own page does. */
export function approvalRoutes(app: FastifyInstance, deps: ApprovalRoutesDeps): void {
  readRoutes(app, deps);
  app.post<{ Params: { id: string }; Body: URLSearchParams | undefined }>(
    '/ui/approvals/:id',
    async (request, reply) => {
      const { id } = request.params;
      const own = request.body?.get('back') === 'own' && ApprovalId.safeParse(id).success;
      const page = own ? `/ui/approvals/${id}` : '/ui/approvals';
      if (isForeign(request.headers)) return reply.redirect(`${page}?error=forbidden_origin`, 303);
      const approval_code = request.body?.get('approval_code') ?? '';
      if (approval_code === '') return reply.redirect(`${page}?error=invalid_request`, 303);
      const source = sourceOfForm(request);
      try {
        await deps.lifecycle.complete({ id, approval_code, source }, Date.now() + ANSWER_WITHIN_MS);
      } catch (thrown) {
        return reply.redirect(`${page}?error=${toAppError(thrown).code}`, 303);
      }
      return reply.redirect(`${page}?decided=${encodeURIComponent(id)}`, 303);
    },
  );
}
