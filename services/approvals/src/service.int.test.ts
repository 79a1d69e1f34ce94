import type { Bus } from '@aegis/shared/bus/bus';
import type { Approval } from '@aegis/shared/contracts/approvals';
import {
  approvalsComplete,
  approvalsConsume,
  approvalsGet,
  approvalsList,
  approvalsRequest,
  approvalsStanding,
} from '@aegis/shared/contracts/rpc';
import { approvalLog } from '@aegis/shared/contracts/subjects';
import { recordCall } from '@aegis/shared/json/call-digest';
import { parseEnv } from '@aegis/shared/runtime/env';
import { createEvent } from '@aegis/shared/runtime/event';
import { connectTestBus, silentLog } from '@aegis/shared/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/shared/testkit/nats-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApprovalsEnv } from './config.ts';
import { type ApprovalsService, createApprovals } from './service.ts';

const CODE = 'right-code';
const soon = () => ({ deadlineMs: Date.now() + 3_000 });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );

let server: TestNatsServer;
let enforcer: Bus;
let gateway: Bus;
let clock: () => Date;
const running: { service: ApprovalsService; bus: Bus }[] = [];

beforeEach(async () => {
  clock = () => new Date();
  server = await startNatsServer();
  [enforcer, gateway] = await Promise.all([
    connectTestBus(server, 'enforcer'),
    connectTestBus(server, 'gateway'),
  ]);
});
afterEach(async () => {
  await stopAll();
  await Promise.all([enforcer.close(), gateway.close()]);
  await server.stop();
});

async function startReplica(env: Record<string, string> = {}): Promise<ApprovalsService> {
  const bus = await connectTestBus(server, 'approvals');
  const config = parseEnv(ApprovalsEnv, { APPROVAL_CODE: CODE, APPROVALS_PORT: '0', ...env });
  const service = createApprovals({ bus, config, log: silentLog, now: () => clock() });
  await service.start();
  running.push({ service, bus });
  return service;
}
async function stopAll(): Promise<void> {
  for (const { service, bus } of running.splice(0)) {
    await service.stop();
    await bus.close();
  }
}

const call = (amount_cents = 100, principal = 'me') => ({ tool: 'refunds.create', amount_cents, principal });
const request = async (dry_run_id?: string, of = call()): Promise<Approval> =>
  (await enforcer.ask(approvalsRequest, { call: of, dry_run_id, reasons: ['over the cap'] }, soon()))
    .approval;
const complete = async (id: string, approval_code = CODE, source = '10.0.0.1'): Promise<Approval> =>
  (await gateway.ask(approvalsComplete, { id, approval_code, source }, soon())).approval;
const get = async (id: string): Promise<Approval> =>
  (await gateway.ask(approvalsGet, { id }, soon())).approval;
const list = async (query: object = {}) => gateway.ask(approvalsList, { limit: 50, ...query }, soon());

/** Uses an approval up as the enforcer does. */
function consume({ approval_id, dry_run_id, trace_id }: Approval, of = call()) {
  const decision = createEvent({
    type: 'aegis.decision.enforced.v1',
    source: 'enforcer',
    time: clock().toISOString(),
    traceId: trace_id,
    data: {
      call: recordCall(of),
      outcome: 'allowed',
      reasons: [],
      policy_digest: `sha256:${'0'.repeat(64)}`,
      policy_version: 2,
      ruled_at: clock().toISOString(),
      approval_id,
      dry_run_id,
      via: 'rest',
    },
  });
  return enforcer.ask(approvalsConsume, { approval_id, call: of, decision }, soon());
}

describe('asking a person', () => {
  it('under the same key is one approval, also for two replicas at once, and another call under it is refused', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const all = await Promise.all(Array.from({ length: 20 }, () => request('key')));
    expect(new Set(all.map((one) => one.approval_id)).size).toBe(1);
    expect(await codeOf(request('key', call(101)))).toBe('dry_run_id_in_use');
    expect((await request('key', call(100, 'you'))).approval_id).not.toBe(all[0]?.approval_id);
  });

  it('without a key is a new approval each time', async () => {
    await startReplica();
    const [one, two] = await Promise.all([request(), request()]);
    expect(one.approval_id).not.toBe(two.approval_id);
    expect(one.dry_run_id).not.toBe(two.dry_run_id);
  });

  it('again after it was used up or expired is a new approval under the same trace', async () => {
    await startReplica();
    const first = await request('key');
    await complete('key');
    expect(await consume(first)).toEqual({ consumed: true });
    const second = await request('key');
    expect(second).toMatchObject({ status: 'pending', generation: 2, trace_id: first.trace_id });
    expect(second.approval_id).not.toBe(first.approval_id);
  });

  it('again after a denial gets the denial, and for another call a new approval', async () => {
    await startReplica();
    await request('key');
    await complete('key', 'wrong');
    expect((await request('key')).status).toBe('denied');
    expect((await request('key', call(1))).status).toBe('pending');
  });
});

describe('deciding', () => {
  it('takes either id, and the first decision stands', async () => {
    await startReplica();
    const { approval_id } = await request('key');
    expect((await complete('key')).status).toBe('approved');
    expect((await complete(approval_id, 'wrong')).status).toBe('approved');
    expect(await codeOf(complete('unknown'))).toBe('approval_not_found');
  });

  it('asks for the approval id where two callers use one key', async () => {
    await startReplica();
    await request('key');
    const yours = await request('key', call(100, 'you'));
    expect(await codeOf(complete('key'))).toBe('dry_run_id_ambiguous');
    expect((await complete(yours.approval_id)).status).toBe('approved');
    expect((await complete('key')).call.principal).toBe('me');
  });

  it('lets one of many deciders through', async () => {
    await Promise.all([startReplica(), startReplica()]);
    for (let round = 0; round < 5; round++) {
      const { approval_id } = await request();
      const code = (n: number) => (n % 2 === 0 ? CODE : 'wrong');
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, n) => complete(approval_id, code(n), `10.0.${round}.${n}`)),
      );
      expect(new Set(all.map((one) => one.status)).size).toBe(1);
    }
  });

  it('stops looking at codes after five wrong ones from one source, also after a restart', async () => {
    await startReplica();
    for (let n = 0; n < 5; n++) await complete((await request()).approval_id, 'wrong');
    const next = await request();
    expect(await codeOf(complete(next.approval_id))).toBe('too_many_attempts');
    await stopAll();
    await startReplica();
    expect(await codeOf(complete(next.approval_id))).toBe('too_many_attempts');
    expect((await complete(next.approval_id, CODE, '10.0.0.2')).status).toBe('approved');
  });
});

const standing = async (of: ReturnType<typeof call>) =>
  (await enforcer.ask(approvalsStanding, { call: of, dry_run_id: 'key' }, soon())).approval;

describe('what stands for a call', () => {
  it('is the newest approval for this very call under its key, and nothing once it is over', async () => {
    await startReplica();
    expect(await standing(call())).toBeUndefined();
    const first = await request('key');
    expect((await standing(call()))?.status).toBe('pending');
    expect(await standing(call(1))).toBeUndefined();
    await complete('key', 'wrong');
    await request('key', call(1));
    expect((await standing(call()))?.approval_id).toBe(first.approval_id);
    const other = await standing(call(1));
    await complete(other?.approval_id ?? '');
    await consume(other as Approval, call(1));
    expect(await standing(call(1))).toBeUndefined();
  });
});

describe('a key that looks like an approval', () => {
  it('means that approval for its own call, and is refused for another', async () => {
    await startReplica();
    const first = await request('key');
    expect((await request(first.approval_id)).approval_id).toBe(first.approval_id);
    expect(await codeOf(request(first.approval_id, call(1)))).toBe('invalid_request');
    expect(await codeOf(request(`apr_${'a'.repeat(26)}`))).toBe('invalid_request');
  });
});

describe('guessing', () => {
  it('is stopped also where all guesses come at once', async () => {
    await startReplica();
    const ids = await Promise.all(Array.from({ length: 60 }, async () => (await request()).approval_id));
    const all = await Promise.all(ids.map((id) => codeOf(complete(id, 'wrong'))));
    expect(all.filter((one) => one === 'no error')).toHaveLength(5);
    expect(all.filter((one) => one === 'too_many_attempts')).toHaveLength(55);
  });
});

describe('using', () => {
  it('happens once, however many try', async () => {
    await Promise.all([startReplica(), startReplica()]);
    const approval = await request('key');
    await complete('key');
    const all = await Promise.all(Array.from({ length: 30 }, () => consume(approval)));
    expect(all.filter((one) => one.consumed)).toHaveLength(1);
    expect(all.find((one) => !one.consumed)?.because).toMatch(/is consumed/);
  });

  it('opens no other call, and writes no decision that is not its own', async () => {
    await startReplica();
    const approval = await request('key');
    await complete('key');
    expect(await consume(approval, call(101))).toMatchObject({ consumed: false, because: /another call/ });
    const other = await request('other');
    const { decision } = {
      decision: createEvent({
        type: 'aegis.audit.written.v1',
        source: 'x',
        time: clock().toISOString(),
        data: { action: 'a', principal: 'p', via: 'rest' },
      }),
    };
    const forged = { approval_id: other.approval_id, call: call(), decision };
    expect(await codeOf(enforcer.ask(approvalsConsume, forged, soon()))).toBe('invalid_request');
    expect((await consume(approval)).consumed).toBe(true);
  });
});

describe('time', () => {
  it('expires what nobody decided, by itself', async () => {
    await startReplica({ APPROVAL_DECIDE_WITHIN_MS: '300' });
    const { approval_id } = await request('key');
    await expect
      .poll(async () => (await list({ status: 'expired' })).approvals.length, { timeout: 6_000 })
      .toBe(1);
    expect((await get(approval_id)).status).toBe('expired');
    expect((await complete(approval_id)).status).toBe('expired');
  });

  it('expires what was approved and not used, and what became overdue while nobody ran', async () => {
    await startReplica({ APPROVAL_USE_WITHIN_MS: '300', APPROVAL_DECIDE_WITHIN_MS: '1500' });
    const approved = await request('approved');
    await complete('approved');
    const waiting = await request('waiting');
    await stopAll();
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    await startReplica();
    const statuses = async () => [
      (await get(approved.approval_id)).status,
      (await get(waiting.approval_id)).status,
    ];
    await expect.poll(statuses, { timeout: 6_000 }).toEqual(['expired', 'expired']);
    expect((await consume(approved)).consumed).toBe(false);
  });

  it('is not turned back by the clock: a late approval stays late', async () => {
    await startReplica({ APPROVAL_DECIDE_WITHIN_MS: '60000' });
    const early = await request('early');
    clock = () => new Date(Date.now() + 120_000);
    await request('later');
    await list();
    clock = () => new Date();
    expect((await complete(early.approval_id)).status).toBe('expired');
  });
});

describe('a clock that once ran ahead', () => {
  it('does not stop time: what is approved after it still has to be used in time', async () => {
    await startReplica({ APPROVAL_USE_WITHIN_MS: '500' });
    clock = () => new Date(Date.now() + 3_600_000);
    await request('ahead');
    await list();
    clock = () => new Date();
    const approval = await request('key');
    await complete('key');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await consume(approval)).consumed).toBe(false);
  });
});

describe('the list', () => {
  it('has what was asked a moment ago, newest first, filtered and in pages', async () => {
    await startReplica();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift((await request(`key-${n}`)).approval_id);
    await complete('key-3');
    expect((await list()).approvals.map((one) => one.approval_id)).toEqual(ids);
    const first = await list({ limit: 4 });
    const second = await list({ limit: 4, before: first.next });
    expect([...first.approvals, ...second.approvals].map((one) => one.approval_id)).toEqual(ids);
    expect(second.next).toBeUndefined();
    expect(await codeOf(list({ before: 'unknown' }))).toBe('invalid_request');
    expect((await list({ status: 'approved' })).approvals.map((one) => one.dry_run_id)).toEqual(['key-3']);
  });

  it('is whole again after a restart of everything', async () => {
    await startReplica();
    for (let n = 0; n < 120; n++) await request(`key-${n}`);
    await stopAll();
    await server.restart();
    await expect.poll(() => enforcer.isUp() && gateway.isUp()).toBe(true);
    await startReplica();
    expect((await list({ status: 'pending', limit: 500 })).approvals).toHaveLength(120);
    expect((await complete('key-77')).status).toBe('approved');
  });

  it('fails closed on an approval that can not be read, and goes on with the others', async () => {
    const service = await startReplica();
    const { approval_id } = await request('key');
    await request('fine');
    const bus = running[0]?.bus;
    bus?.link.send({ subject: approvalLog(approval_id), payload: '{"forged":true}' });
    await expect.poll(() => service.health().status).toBe('degraded');
    expect(await codeOf(complete(approval_id))).toBe('storage_unavailable');
    expect((await complete('fine')).status).toBe('approved');
  });
});
