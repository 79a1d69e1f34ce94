import type { Deps } from '@aegis/bus/service';
import { createLimitOf } from '@aegis/contracts/limits';
import { createMutex } from '@aegis/kit/mutex';
import type { ApprovalsConfig } from './config.ts';
import { createAfterEdit } from './editing/after-edit.ts';
import { createWouldEnd } from './editing/would-end.ts';
import { createGround } from './ground.ts';
import { createConsume } from './lifecycle/consume.ts';
import { createGrants } from './lifecycle/grants.ts';
import { createLifecycle } from './lifecycle/lifecycle.ts';
import { listApprovals } from './lifecycle/list.ts';
import { createSuperseding } from './lifecycle/superseding.ts';
import { createTools } from './lifecycle/tools.ts';
import { createValidity } from './lifecycle/validity.ts';
import { createWaiting } from './lifecycle/waiting.ts';
import type { List } from './nats.ts';
import { createApprovers } from './people/approvers.ts';
import { createFirstApprover } from './people/first-approver.ts';

/** The rules' part of the service: everything that decides, and nothing that listens. */
export function createCore(deps: Deps<ApprovalsConfig>) {
  const { config } = deps;
  const ground = createGround(deps);
  const approvers = createApprovers(ground);
  const grants = createGrants(ground, approvers);
  const limitOf = createLimitOf(config, { waiting_calls: config.APPROVAL_MAX_PENDING_PER_AGENT });
  const validity = createValidity(ground, grants);
  const waiting = createWaiting(ground, {
    ofOne: (principal) => limitOf(principal, 'waiting_calls'),
    ofAll: config.APPROVAL_MAX_PENDING,
  });
  const lifecycle = createLifecycle({ ...ground, approvers, grants, validity, waiting });
  const afterEdit = createAfterEdit(ground, lifecycle, grants);
  const listsOneByOne = createMutex();
  const list: List = (query, shape, deadlineMs) =>
    listsOneByOne(() => listApprovals(ground, query, shape, deadlineMs));
  return {
    ...ground,
    approvers,
    firstApprovers: createFirstApprover(ground),
    grants,
    lifecycle,
    consume: createConsume(ground, validity),
    list,
    tools: createTools(ground),
    afterEdit,
    wouldEnd: createWouldEnd(ground),
    superseding: createSuperseding(ground, lifecycle, grants, afterEdit),
  };
}
