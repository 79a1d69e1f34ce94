import { type Route, route } from '@aegis/shared/bus/respond';
import type { Approval, ListApprovals } from '@aegis/shared/contracts/approvals';
import {
  approvalsAccept,
  approvalsCancel,
  approvalsComplete,
  approvalsConsume,
  approvalsGet,
  approvalsList,
  approvalsRequest,
  approvalsStanding,
  approvalsTools,
  healthOf,
} from '@aegis/shared/contracts/rpc';
import type { Service } from '@aegis/shared/runtime/service';
import type { Consume } from './consume.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { ListPage, Shape } from './list.ts';
import type { Tools } from './tools.ts';

export type List = <T>(query: ListApprovals, shape: Shape<T>, deadlineMs: number) => Promise<ListPage<T>>;

/** Whole approvals, as many as fit a message of the bus. */
const WHOLE: Shape<Approval> = {
  toItem: (approval) => approval,
  bytesOf: (approval) => Buffer.byteLength(JSON.stringify(approval)),
  maxBytes: 2_000_000,
};

type Answering = {
  lifecycle: Lifecycle;
  consume: Consume;
  list: List;
  tools: Tools;
  health: Service['health'];
};

/** The approvals service's ways in on the bus. */
export const routes = ({ lifecycle, consume, list, tools, health }: Answering): Route[] => [
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
  route(approvalsCancel, async (request, { deadlineMs }) => ({
    approval: await lifecycle.cancel(request, deadlineMs),
  })),
  route(approvalsGet, async ({ id }, { deadlineMs }) => ({ approval: await lifecycle.get(id, deadlineMs) })),
  route(approvalsList, async (query, { deadlineMs }) => {
    const { items, next } = await list(query, WHOLE, deadlineMs);
    return next === undefined ? { approvals: items } : { approvals: items, next };
  }),
  route(approvalsTools, (_, { deadlineMs }) => tools.list(deadlineMs)),
  route(approvalsAccept, async (request, { deadlineMs }) => {
    await tools.accept(request, deadlineMs);
    return { ok: true as const };
  }),
  route(healthOf('approvals'), health),
];
