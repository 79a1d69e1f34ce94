import type { Bus } from '@aegis/bus';
import {
  type Approval,
  approvalsCancel,
  approvalsConsume,
  approvalsGet,
  approvalsList,
  approvalsRequest,
  approvalsStanding,
  type RequestApproval,
} from '@aegis/contracts/approvals';
import type { Call } from '@aegis/contracts/call';
import { recordCall } from '@aegis/contracts/call-digest';
import {
  approvalsComplete,
  approvalsRedeem,
  type CompleteApproval,
  type RedeemCode,
} from '@aegis/contracts/codes';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { parseEnv } from '@aegis/kit/env';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterEach, beforeEach } from 'vitest';
import { ApprovalsEnv } from '../config.ts';
import { type ApprovalsService, createApprovals } from '../service.ts';

export const CODE = 'right-code';
export const soon = (withinMs = 10_000) => ({ deadlineMs: Date.now() + withinMs });
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );

/** What a test may look at and change: the clock of the replicas, the server, the buses of those who ask. */
export const world = {} as {
  server: TestNatsServer;
  enforcer: Bus;
  gateway: Bus;
  /** The firewall in the path: it asks, cancels, and writes what servers say of their tools. */
  mcp: Bus;
  /** Publishes policies. */
  policy: Bus;
  clock: () => Date;
  running: { service: ApprovalsService; bus: Bus }[];
};

/** A new server, and nobody running yet, for each test of the file. */
export function useWorld(): void {
  beforeEach(async () => {
    world.clock = () => new Date();
    world.running = [];
    world.server = await startNatsServer();
    [world.enforcer, world.gateway, world.mcp, world.policy] = await Promise.all([
      connectTestBus(world.server, 'enforcer'),
      connectTestBus(world.server, 'gateway'),
      connectTestBus(world.server, 'mcp'),
      connectTestBus(world.server, 'policy'),
    ]);
  });
  afterEach(async () => {
    await stopAll();
    const { enforcer, gateway, mcp, policy } = world;
    await Promise.all([enforcer.close(), gateway.close(), mcp.close(), policy.close()]);
    await world.server.stop();
  });
}

export async function startReplica(env: Record<string, string> = {}): Promise<ApprovalsService> {
  const bus = await connectTestBus(world.server, 'approvals');
  const config = parseEnv(ApprovalsEnv, {
    APPROVAL_CODE: CODE,
    APPROVALS_PORT: '0',
    ...env,
  });
  const service = createApprovals({ bus, config, log: silentLog, now: () => world.clock() });
  await service.start();
  world.running.push({ service, bus });
  return service;
}
export async function stopAll(): Promise<void> {
  for (const { service, bus } of world.running.splice(0)) {
    await service.stop();
    await bus.close();
  }
}

export const call = (amount_cents = 100, principal = 'me') => ({
  tool: 'refunds.create',
  amount_cents,
  principal,
});
/** What the enforcer hears: the approval, or why there is none. */
export const ask = (
  dry_run_id?: string,
  of: Call = call(),
  more: Partial<RequestApproval> = {},
  withinMs?: number,
) =>
  world.enforcer.ask(
    approvalsRequest,
    { call: of, dry_run_id, reasons: ['over the cap'], ...more },
    soon(withinMs),
  );
export const request = async (
  dry_run_id?: string,
  of: Call = call(),
  more: Partial<RequestApproval> = {},
): Promise<Approval> => {
  const { approval, refused } = await ask(dry_run_id, of, more);
  if (approval) return approval;
  throw new Error(refused);
};
export const complete = async (
  id: string,
  approval_code = CODE,
  source = '10.0.0.1',
  more: Partial<CompleteApproval> = {},
): Promise<Approval> =>
  (await world.gateway.ask(approvalsComplete, { id, approval_code, source, ...more }, soon())).approval;
/** What an agent hears of a code that it speaks. */
export const redeem = (id: string, approval_code: string, more: Partial<RedeemCode> = {}) =>
  world.mcp.ask(approvalsRedeem, { id, approval_code, principal: 'me', ...more }, soon());
export const get = async (id: string): Promise<Approval> =>
  (await world.gateway.ask(approvalsGet, { id }, soon())).approval;
export const cancel = async (approval_id: string, principal = 'me'): Promise<Approval> =>
  (await world.mcp.ask(approvalsCancel, { approval_id, principal, because: 'the client gave up' }, soon()))
    .approval;
/** The approval that stands for a call under the key `key`. */
export const standing = async (of = call()): Promise<Approval | undefined> =>
  (await world.enforcer.ask(approvalsStanding, { call: of, dry_run_id: 'key' }, soon())).approval;
export const list = async (query: object = {}) =>
  world.gateway.ask(approvalsList, { limit: 50, ...query }, soon());

/** The decision that the enforcer hands over to use an approval up: by the rule that asked, where `more` says no other. */
export const decisionFor = (
  { approval_id, dry_run_id, trace_id, rule }: Approval,
  of: Call = call(),
  more: object = {},
  taken: object = {},
): Envelope =>
  createEvent({
    type: 'aegis.decision.enforced.v1',
    source: 'enforcer',
    time: world.clock().toISOString(),
    traceId: trace_id,
    data: {
      call: { ...recordCall(of), ...taken },
      outcome: 'allowed',
      reasons: [],
      policy_digest: `sha256:${'0'.repeat(64)}`,
      policy_version: 2,
      ruled_at: world.clock().toISOString(),
      rule,
      approval_id,
      dry_run_id,
      via: 'rest',
      ...more,
    },
  });

/** Uses an approval up as the enforcer does, under the rule's `terms` as they are now. */
export function consume(
  approval: Approval,
  of: Call = call(),
  more: object = {},
  taken: object = {},
  terms?: ApprovalTerms,
) {
  const { approval_id } = approval;
  const decision = decisionFor(approval, of, more, taken);
  return world.enforcer.ask(approvalsConsume, { approval_id, call: of, decision, terms }, soon());
}
