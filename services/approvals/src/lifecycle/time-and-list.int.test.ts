import { approvalLog } from '@aegis/contracts/subjects';
import { describe, expect, it } from 'vitest';
import {
  codeOf,
  complete,
  consume,
  get,
  list,
  request,
  startReplica,
  stopAll,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

const expired = async () => (await list({ status: 'expired' })).approvals.map((one) => one.dry_run_id);

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
    world.clock = () => new Date(Date.now() + 120_000);
    await request('later');
    await list();
    world.clock = () => new Date();
    expect((await complete(early.approval_id)).status).toBe('expired');
  });
});

describe('a clock that once ran ahead', () => {
  it('does not stop time: what is approved after it still has to be used in time', async () => {
    await startReplica({ APPROVAL_USE_WITHIN_MS: '500' });
    world.clock = () => new Date(Date.now() + 3_600_000);
    await request('ahead');
    await list();
    world.clock = () => new Date();
    const approval = await request('key');
    await complete('key');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await consume(approval)).consumed).toBe(false);
  });

  it.each([
    ['what is asked after it', false],
    ['what waits over a restart', true],
  ])('does not make %s wait for that time before it is said to be expired', async (_, isOverRestart) => {
    const env = { APPROVAL_DECIDE_WITHIN_MS: '1000' };
    await startReplica(env);
    world.clock = () => new Date(Date.now() + 3_600_000);
    await request('ahead');
    await list();
    world.clock = () => new Date();
    await request('key');
    if (isOverRestart) {
      await stopAll();
      await startReplica(env);
    }
    await expect.poll(expired, { timeout: 20_000 }).toContain('key');
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
    await startReplica({ APPROVAL_MAX_PENDING_PER_AGENT: '120' });
    for (let n = 0; n < 120; n++) await request(`key-${n}`);
    await stopAll();
    await world.server.restart();
    await expect.poll(() => world.enforcer.isUp() && world.gateway.isUp()).toBe(true);
    await startReplica();
    expect((await list({ status: 'pending', limit: 500 })).approvals).toHaveLength(120);
    expect((await complete('key-77')).status).toBe('approved');
  });

  it('fails closed on an approval that can not be read, and goes on with the others', async () => {
    const service = await startReplica();
    const { approval_id } = await request('key');
    await request('fine');
    const bus = world.running[0]?.bus;
    bus?.live.publish(approvalLog(approval_id), '{"forged":true}');
    await expect.poll(() => service.health().status).toBe('degraded');
    expect(await codeOf(complete(approval_id))).toBe('storage_unavailable');
    expect((await complete('fine')).status).toBe('approved');
  });
});
