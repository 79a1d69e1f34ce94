import { type Route, route } from '@aegis/shared/bus/respond';
import type { ListApprovals, ListApprovalsReply } from '@aegis/shared/contracts/approvals';
import {
  approvalsComplete,
  approvalsConsume,
  approvalsGet,
  approvalsList,
  approvalsRequest,
  approvalsStanding,
  healthOf,
} from '@aegis/shared/contracts/rpc';
import type { Service } from '@aegis/shared/runtime/service';
import type { Consume } from './consume.ts';
import type { Lifecycle } from './lifecycle.ts';

export type List = (query: ListApprovals, deadlineMs: number) => Promise<ListApprovalsReply>;

/** The approvals service's ways in on the bus. */
export const routes = (
  lifecycle: Lifecycle,
  consume: Consume,
  list: List,
  health: Service['health'],
): Route[] => [
  route(approvalsRequest, async (asked, { deadlineMs }) => ({
    approval: await lifecycle.request(asked, deadlineMs),
  })),
  route(approvalsStanding, async (asked, { deadlineMs }) => ({
    approval: await lifecycle.standing(asked, deadlineMs),
  })),
  route(approvalsComplete, async (request, { deadlineMs }) => ({
    approval: await lifecycle.complete(request, deadlineMs),
  })),
  route(approvalsConsume, (request, { deadlineMs }) => consume(request, deadlineMs)),
  route(approvalsGet, async ({ id }, { deadlineMs }) => ({ approval: await lifecycle.get(id, deadlineMs) })),
  route(approvalsList, (query, { deadlineMs }) => list(query, deadlineMs)),
  route(healthOf('approvals'), health),
];
