import { type Bus, type RequestContext, type Route, route, textRoute } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import {
  type Approval,
  approvalsCancel,
  approvalsConsume,
  approvalsDecide,
  approvalsGet,
  approvalsList,
  approvalsOwn,
  approvalsRequest,
  approvalsStanding,
  approvalsStatus,
  approvalsWho,
} from '@aegis/contracts/approvals';
import { approvalsComplete, approvalsDraw, approvalsRedeem } from '@aegis/contracts/codes';
import { approvalsInvite } from '@aegis/contracts/first-approver';
import { approvalsGrant, approvalsGrants, approvalsRevoke, type StoredGrant } from '@aegis/contracts/grants';
import { healthOf } from '@aegis/contracts/health';
import { approvalsEnds } from '@aegis/contracts/policy';
import { approvalsAccept, approvalsAcceptBy, approvalsTools } from '@aegis/contracts/tool-definition';
import {
  notifierDeliveries,
  notifierList,
  notifierRemove,
  notifierSave,
  notifierTest,
  webhooksDeliveries,
  webhooksList,
  webhooksRemove,
  webhooksSave,
  webhooksTest,
} from '@aegis/contracts/webhooks';
import type { Allowance } from '@aegis/kit/allowance';
import { AppError } from '@aegis/kit/errors';
import type { WouldEnd } from './editing/would-end.ts';
import type { Consume } from './lifecycle/consume.ts';
import type { Grants } from './lifecycle/grants.ts';
import type { Lifecycle } from './lifecycle/lifecycle.ts';
import type { ListPage, ListQuery, Shape } from './lifecycle/list.ts';
import type { Tools } from './lifecycle/tools.ts';
import type { Approvers } from './people/approvers.ts';
import type { FirstApprovers } from './people/first-approver.ts';
import type { Loaded } from './store.ts';

export type List = <T>(query: ListQuery, shape: Shape<T>, deadlineMs: number) => Promise<ListPage<T>>;

const MOST_GRANTS = 500;

const withRevision = ({ state, seq }: Loaded<Approval>): { approval: Approval; revision: number } => ({
  approval: state,
  revision: seq,
});

/** Whole approvals, as many as fit a message of the bus. */
const WHOLE: Shape<Approval> = {
  toItem: (approval) => approval,
  bytesOf: (approval) => Buffer.byteLength(JSON.stringify(approval)),
  maxBytes: 2_000_000,
};

type Answering = {
  lifecycle: Lifecycle;
  allowance: Allowance;
  approvers: Approvers;
  firstApprovers: FirstApprovers;
  grants: Grants;
  consume: Consume;
  list: List;
  tools: Tools;
  wouldEnd: WouldEnd;
  bus: Pick<Bus, 'ask'>;
  health: Service['health'];
};

/** What people say by their own key, or the code; and at the machine, where nobody has either. */
const byPeople = ({ lifecycle, approvers, firstApprovers, grants, tools }: Answering): Route[] => [
  route(approvalsInvite, (asked, { deadlineMs }) => firstApprovers.invite(asked, deadlineMs)),
  route(approvalsDecide, async ({ credential, ...word }, { deadlineMs }) =>
    lifecycle.decide(await approvers.authenticate(credential), word, deadlineMs),
  ),
  route(approvalsWho, async ({ credential }) => {
    const { name, roles } = await approvers.authenticate(credential);
    return { name, roles: [...roles] };
  }),
  route(approvalsDraw, async ({ credential, ...word }, { deadlineMs }) =>
    lifecycle.draw(await approvers.authenticate(credential), word, deadlineMs),
  ),
  route(approvalsAcceptBy, async ({ credential, ...definition }, { deadlineMs }) => {
    const { name } = await approvers.authorizeForTools(credential);
    await tools.acceptBy(name, definition, deadlineMs);
    return { ok: true as const };
  }),
  route(approvalsGrant, async ({ credential, ...asked }, { deadlineMs }) => {
    const given = await lifecycle.grant(await approvers.authenticate(credential), asked, deadlineMs);
    if (given.grant) return { grant: grants.shown(given.grant) };
    throw new AppError('already_decided', `${given.because ?? 'It is decided already'}.`);
  }),
  route(approvalsGrants, async ({ credential, active }, { deadlineMs }) => {
    await approvers.authenticate(credential);
    const isWanted = (grant: StoredGrant): boolean =>
      active === undefined || (grants.whyOver(grant) === undefined) === active;
    return { grants: await grants.list(isWanted, MOST_GRANTS, deadlineMs) };
  }),
  route(approvalsRevoke, async ({ credential, grant_id }, { deadlineMs }) => {
    const { name } = await approvers.authenticate(credential);
    return { grant: grants.shown(await grants.revoke(grant_id, name, deadlineMs)) };
  }),
];

/** What callers ask, and what those who know the code say. */
const byCallers = ({ lifecycle, allowance, approvers, consume, list, tools }: Answering): Route[] => [
  route(approvalsRequest, async (asked, { deadlineMs, caller }) => {
    const reply = await lifecycle.request(asked, deadlineMs, caller);
    return approvers.isNobody ? { ...reply, nobody: true } : reply;
  }),
  route(approvalsStanding, async (asked, { deadlineMs }) => ({
    approval: await lifecycle.standing(asked, deadlineMs),
  })),
  route(approvalsOwn, async (asked, { deadlineMs }) => ({
    approval: await lifecycle.own(asked, deadlineMs),
  })),
  route(approvalsRedeem, (request, { deadlineMs, caller }) => lifecycle.redeem(request, deadlineMs, caller)),
  route(approvalsComplete, async (request, { deadlineMs }) => ({
    approval: await lifecycle.complete(request, deadlineMs),
  })),
  route(approvalsConsume, (request, { deadlineMs }) => consume(request, deadlineMs)),
  route(approvalsCancel, async (request, { deadlineMs, caller }) => {
    // The firewall in the path names nobody: it takes back what nobody waits for any more, each once.
    if (caller) allowance.take(caller);
    return withRevision(await lifecycle.cancel(request, deadlineMs));
  }),
  route(approvalsGet, async ({ id, principal }, { deadlineMs }) =>
    withRevision(await lifecycle.get(id, deadlineMs, principal)),
  ),
  route(approvalsStatus, async ({ approval_id }, { deadlineMs }) => ({
    status: await lifecycle.status(approval_id, deadlineMs),
  })),
  route(approvalsList, async (query, { deadlineMs }) => {
    const { items: approvals, ...page } = await list(query, WHOLE, deadlineMs);
    return { approvals, ...page };
  }),
  route(approvalsTools, (_, { deadlineMs }) => tools.list(deadlineMs)),
  route(approvalsAccept, async (request, { deadlineMs }) => {
    await tools.accept(request, deadlineMs);
    return { ok: true as const };
  }),
];

/** Time to answer in, of what the asker gives. */
const ANSWER_MS = 200;
const within = ({ deadlineMs }: RequestContext) => ({ deadlineMs: deadlineMs - ANSWER_MS });

/** What admins say of webhooks: who it is, is found here; the rest is the notifier's, which hears no credential. */
const byAdmins = ({ approvers, bus }: Answering): Route[] => [
  route(webhooksList, async ({ credential }, context) => {
    await approvers.authorizeOperator(credential);
    return bus.ask(notifierList, {}, within(context));
  }),
  route(webhooksSave, async ({ credential, ...webhook }, context) => {
    const { name } = await approvers.authorizeOperator(credential);
    return bus.ask(notifierSave, { ...webhook, by: name }, within(context));
  }),
  route(webhooksRemove, async ({ credential, webhook_id }, context) => {
    const { name } = await approvers.authorizeOperator(credential);
    return bus.ask(notifierRemove, { webhook_id, by: name }, within(context));
  }),
  route(webhooksTest, async ({ credential, webhook_id }, context) => {
    await approvers.authorizeOperator(credential);
    return bus.ask(notifierTest, { webhook_id }, within(context));
  }),
  route(webhooksDeliveries, async ({ credential, webhook_id }, context) => {
    await approvers.authorizeOperator(credential);
    return bus.ask(notifierDeliveries, { webhook_id }, within(context));
  }),
];

/** Who gave a grant or drew a code may be nobody by now: nothing is answered by an old right. */
function afterKnowing({ requireKnown }: Pick<Approvers, 'requireKnown'>, one: Route): Route {
  if ('answer' in one) return one;
  return {
    rpc: one.rpc,
    async handle(data, context) {
      await requireKnown();
      return one.handle(data, context);
    },
  };
}

/** The approvals service's ways in on the bus. */
export const routes = (answering: Answering): Route[] => [
  route(healthOf('approvals'), answering.health),
  ...[...byCallers(answering), ...byPeople(answering), ...byAdmins(answering)].map((one) =>
    afterKnowing(answering.approvers, one),
  ),
  textRoute(approvalsEnds, answering.wouldEnd.answer),
];
