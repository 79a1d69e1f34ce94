import type { Bus } from '@aegis/shared/bus/bus';
import type { Approval } from '@aegis/shared/contracts/approvals';
import {
  approvalsComplete,
  approvalsConsume,
  approvalsGet,
  approvalsList,
  approvalsRequest,
} from '@aegis/shared/contracts/rpc';
import { recordCall } from '@aegis/shared/json/call-digest';
import { parseEnv } from '@aegis/shared/runtime/env';
import { createEvent } from '@aegis/shared/runtime/event';
import { connectTestBus, silentLog } from '@aegis/shared/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/shared/testkit/nats-server';
import { afterEach, beforeEach } from 'vitest';
import { ApprovalsEnv } from '../config.ts';
import { type ApprovalsService, createApprovals } from '../service.ts';

export const CODE = 'right-code';
export const soon = () => ({ deadlineMs: Date.now() + 3_000 });
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
  clock: () => Date;
  running: { service: ApprovalsService; bus: Bus }[];
};

/** A new server, and nobody running yet, for each test of the file. */
export function useWorld(): void {
  beforeEach(async () => {
    world.clock = () => new Date();
    world.running = [];
    world.server = await startNatsServer();
    [world.enforcer, world.gateway] = await Promise.all([
      connectTestBus(world.server, 'enforcer'),
      connectTestBus(world.server, 'gateway'),
    ]);
  });
  afterEach(async () => {
    await stopAll();
    await Promise.all([world.enforcer.close(), world.gateway.close()]);
    await world.server.stop();
  });
}

export async function startReplica(env: Record<string, string> = {}): Promise<ApprovalsService> {
  const bus = await connectTestBus(world.server, 'approvals');
  const config = parseEnv(ApprovalsEnv, { APPROVAL_CODE: CODE, APPROVALS_PORT: '0', ...env });
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
export const request = async (dry_run_id?: string, of = call()): Promise<Approval> =>
  (await world.enforcer.ask(approvalsRequest, { call: of, dry_run_id, reasons: ['over the cap'] }, soon()))
    .approval;
export const complete = async (id: string, approval_code = CODE, source = '10.0.0.1'): Promise<Approval> =>
  (await world.gateway.ask(approvalsComplete, { id, approval_code, source }, soon())).approval;
export const get = async (id: string): Promise<Approval> =>
  (await world.gateway.ask(approvalsGet, { id }, soon())).approval;
export const list = async (query: object = {}) =>
  world.gateway.ask(approvalsList, { limit: 50, ...query }, soon());

/** Uses an approval up as the enforcer does. */
export function consume({ approval_id, dry_run_id, trace_id }: Approval, of = call()) {
  const decision = createEvent({
    type: 'aegis.decision.enforced.v1',
    source: 'enforcer',
    time: world.clock().toISOString(),
    traceId: trace_id,
    data: {
      call: recordCall(of),
      outcome: 'allowed',
      reasons: [],
      policy_digest: `sha256:${'0'.repeat(64)}`,
      policy_version: 2,
      ruled_at: world.clock().toISOString(),
      approval_id,
      dry_run_id,
      via: 'rest',
    },
  });
  return world.enforcer.ask(approvalsConsume, { approval_id, call: of, decision }, soon());
}
