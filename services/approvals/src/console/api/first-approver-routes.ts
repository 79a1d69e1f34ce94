import type { FirstApproverKey, FirstApproverView } from '@aegis/contracts/console';
import { BecomeApprover } from '@aegis/contracts/first-approver';
import { AppError, parseRequest } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import type { Approvers } from '../../people/approvers.ts';
import type { FirstApprovers } from '../../people/first-approver.ts';
import { isForeign, soon } from '../form.ts';

export type FirstApproverDeps = { approvers: Approvers; firstApprovers: FirstApprovers };

/** Whether anybody can approve, and what the one-time link of `aegis approve-here` does. Its token opens it, no session. */
export function firstApproverRoutes(
  app: FastifyInstance,
  { approvers, firstApprovers }: FirstApproverDeps,
): void {
  app.get('/first-approver', async (): Promise<FirstApproverView> => {
    const why = await firstApprovers.whyNone(soon());
    return { is_needed: approvers.isNobody, ...why };
  });
  app.post('/first-approver', async (request): Promise<FirstApproverKey> => {
    if (isForeign(request.headers)) throw new AppError('forbidden_origin', 'Open the link itself.');
    return firstApprovers.become(parseRequest(BecomeApprover, request.body), soon());
  });
}
