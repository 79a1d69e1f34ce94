import type { Deps } from '@aegis/bus/service';
import { createMutex } from '@aegis/kit/mutex';
import { type ApprovalsConfig, approvalCodeOf } from './config.ts';
import { createApprovalStore } from './lifecycle/approval-store.ts';
import { createConsume } from './lifecycle/consume.ts';
import { createGrantStore } from './lifecycle/grant-store.ts';
import { createGrants } from './lifecycle/grants.ts';
import { createLifecycle } from './lifecycle/lifecycle.ts';
import { listApprovals } from './lifecycle/list.ts';
import { createSuperseding, type Superseding } from './lifecycle/superseding.ts';
import { createTimers } from './lifecycle/timers.ts';
import { createTools } from './lifecycle/tools.ts';
import { createValidity } from './lifecycle/validity.ts';
import { createWaiting } from './lifecycle/waiting.ts';
import type { List } from './nats.ts';
import { createApprovers } from './people/approvers.ts';
import { createFollowings } from './projections/followings.ts';

/** What is known of the log, and the later of the clock and the newest event's time. */
function createKnowledge({ bus, log, now: clock }: Deps<ApprovalsConfig>, superseding: () => Superseding) {
  const followings = createFollowings(bus, log, superseding);
  const { index, read } = followings;
  return {
    followings,
    index,
    indexCaughtUp: read.approvals.caughtUp,
    now: () => new Date(Math.max(clock().getTime(), index.earliestNowMs)),
  };
}
type Knowledge = ReturnType<typeof createKnowledge>;

/** Who may approve, and the tools that they accept: both count wrong codes in one place, one at a time. */
function createPeople({ bus, config, log }: Deps<ApprovalsConfig>, knowledge: Knowledge) {
  const { index, followings, now } = knowledge;
  const codes = { code: approvalCodeOf(config), codesOneByOne: createMutex(), wrongCodes: index, now };
  const tools = { index: followings.tools, indexCaughtUp: followings.read.tools.caughtUp };
  return {
    ...codes,
    approvers: createApprovers({ ...codes, path: config.APPROVERS_FILE, log }),
    tools: createTools({ ...codes, ...tools, bus }),
  };
}
type People = ReturnType<typeof createPeople>;

/** Grants, and what approvals and grants stand on. */
function createGround({ bus }: Deps<ApprovalsConfig>, { followings, now }: Knowledge, { approvers }: People) {
  const { policies, read } = followings;
  const policy = { policies, policiesCaughtUp: read.policies.caughtUp };
  const known = { index: followings.grants, indexCaughtUp: read.grants.caughtUp };
  const grantStore = createGrantStore(bus);
  const grants = createGrants({ ...known, ...policy, grantStore, approvers, now });
  return { grants, grantStore, validity: createValidity({ ...policy, grants }) };
}

/** The rules' part of the service: everything that decides, and nothing that listens. */
export function createCore(deps: Deps<ApprovalsConfig>) {
  const { bus, config, log } = deps;
  const knowledge = createKnowledge(deps, (): Superseding => superseding);
  const { followings, index, indexCaughtUp, now } = knowledge;
  const timers = createTimers(bus, log);
  const store = createApprovalStore(bus, (id, atMs) => timers.wakeAt(id, atMs));
  const people = createPeople(deps, knowledge);
  const { grants, grantStore, validity } = createGround(deps, knowledge, people);
  const deadlines = {
    decideWithinMs: config.APPROVAL_DECIDE_WITHIN_MS,
    useWithinMs: config.APPROVAL_USE_WITHIN_MS,
  };
  const limit = config.APPROVAL_MAX_PENDING_PER_AGENT;
  const waiting = createWaiting({ bus, index, indexCaughtUp, now, limit });
  const lifecycle = createLifecycle({
    ...knowledge,
    ...people,
    bus,
    store,
    waiting,
    grants,
    grantStore,
    validity,
    deadlines,
  });
  const superseding = createSuperseding({
    ...knowledge,
    policies: followings.policies,
    tools: followings.tools,
    supersede: (id, because, deadlineMs) => lifecycle.supersede(id, because, deadlineMs),
    log,
  });
  const revoke: typeof grants.revoke = async (grantId, by, deadlineMs) => {
    const grant = await grants.revoke(grantId, by, deadlineMs);
    void superseding.grantRevoked(grantId);
    return grant;
  };
  const listsOneByOne = createMutex();
  const list: List = (query, shape, deadlineMs) =>
    listsOneByOne(() => listApprovals({ ...knowledge, store }, query, shape, deadlineMs));
  return {
    ...knowledge,
    ...people,
    store,
    lifecycle,
    consume: createConsume(bus, store, validity, now),
    list,
    grants: { ...grants, revoke },
    timers,
    deadlines,
  };
}
