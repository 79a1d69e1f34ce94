import type { Deps } from '@aegis/bus/service';
import { createAskAllowance, createLimitOf } from '@aegis/contracts/limits';
import { createAllowance } from '@aegis/kit/allowance';
import { createMutex } from '@aegis/kit/mutex';
import { createIdentityReplica } from '@aegis/replicas/identities';
import { createBodies } from './bodies.ts';
import { type ApprovalsConfig, codeInForce } from './config.ts';
import { createApprovalStore } from './lifecycle/approval-store.ts';
import { createGrantStore } from './lifecycle/grant-store.ts';
import { createTimers } from './lifecycle/timers.ts';
import { createKnown } from './projections/known.ts';

export type Ground = ReturnType<typeof createGround>;

/** What everything that decides stands on: the log, what is known of it, the time and the code. */
export function createGround({ bus, config, log, now: clock }: Deps<ApprovalsConfig>) {
  const known = createKnown(bus, log, clock().getTime());
  const index = known.approvals.state;
  const now = (): Date => new Date(Math.max(clock().getTime(), index.earliestNowMs));
  const timers = createTimers(bus, log, () => now().getTime() - clock().getTime());
  const bodies = createBodies(bus, clock);
  return {
    bus,
    log,
    /** Who there is. */
    identities: createIdentityReplica(bus, { now: clock }),
    known,
    timers,
    bodies,
    store: createApprovalStore(bus, bodies, (id, atMs) => timers.wakeAt(id, atMs)),
    grantStore: createGrantStore(bus, bodies),
    /** The later of the clock and the newest event's time. */
    now,
    clock,
    allowance: createAllowance(config),
    /** How often callers may have people asked. */
    asks: createAskAllowance(createLimitOf(config)),
    decideWithinMs: config.APPROVAL_DECIDE_WITHIN_MS,
    useWithinMs: config.APPROVAL_USE_WITHIN_MS,
    /** What is kept of the code; undefined where there is none. */
    code: codeInForce(config),
    /** Whether agents may give it, too. */
    mcpTakesCode: config.MCP_APPROVAL_CODE === 'accept',
    /** One code at a time: many at once would all be judged before the first wrong one is counted. */
    codesOneByOne: createMutex(),
    /** Where wrong codes are counted, whatever they were given for. */
    wrongCodes: index,
  };
}
