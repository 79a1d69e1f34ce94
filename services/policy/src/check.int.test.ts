import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { type CheckRequest, policyCheck } from '@aegis/contracts/decision';
import { parseEnv } from '@aegis/kit/env';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PolicyEnv } from './config.ts';
import { createPolicy } from './service.ts';

const POLICY = `
version: 2
timezone: UTC
rules:
  - match: "pay.*"
    servers: [bank]
    decision: allow
    amount: args.total
    op: args.mode
    cap_cents: 1000
    currency: EUR
  - match: "resource:file:///etc/*"
    decision: deny
  - match: "clock.*"
    decision: allow
    when: { time.hour: { gte: 9, lt: 18 } }
  - match: "named.*"
    decision: allow
    when: { client.name: { eq: cursor } }
  - match: "shop.*"
    decision: allow
    cap_cents: 100
    approvers: [finance]
    quorum: 2
    expires_in: 1h
    use_within: 5m
    require_reason: true
  - match: "shut.*"
    decision: deny
    approvers: [finance]
`;

let server: TestNatsServer;
let folder: string;
let asker: Bus;
let bus: Bus;
let service: Service;
let time: string;
const announced: unknown[] = [];

beforeEach(async () => {
  time = '2026-11-24T10:00:00.000Z';
  server = await startNatsServer();
  folder = await mkdtemp(join(tmpdir(), 'aegis-policy-check-'));
  const path = join(folder, 'policy.yml');
  await writeFile(path, POLICY);
  [asker, bus] = await Promise.all([connectTestBus(server, 'gateway'), connectTestBus(server, 'policy')]);
  const config = parseEnv(PolicyEnv, {
    POLICY_PATH: path,
    AEGIS_DATA_DIR: join(folder, 'data'),
    PORT: '8123',
  });
  service = createPolicy({ bus, config, log: silentLog, now: () => new Date(time) });
  await service.start();
  const reader = await server.connect('reader');
  announced.length = 0;
  reader.subscribe('aegis.events.decision.check.>', {
    callback: (_, message) => void announced.push(message.json<{ data: unknown }>().data),
  });
  await reader.flush();
});
afterEach(async () => {
  await service.stop();
  await Promise.all([asker.close(), bus.close()]);
  await server.stop();
  await rm(folder, { recursive: true });
});

const check = (question: Partial<CheckRequest>) => {
  const whole = { tool: 'a.tool', principal: 'me', via: 'rest', ...question } as const;
  return asker.ask(policyCheck, whole, { deadlineMs: Date.now() + 5_000 });
};

describe('a check', () => {
  it('judges by the arguments and the server, and says what it took from them', async () => {
    const pay = { tool: 'pay.out', server: 'bank', op: 'lie', amount_cents: 1 };
    expect(await check({ ...pay, args: { total: 900, mode: 'transfer', currency: 'EUR' } })).toMatchObject({
      decision: 'allow',
      amount_cents: 900,
      currency: 'EUR',
      op: 'transfer',
    });
    expect(await check({ ...pay, args: { total: 9_000, mode: 'transfer', currency: 'EUR' } })).toMatchObject({
      decision: 'review',
      amount_cents: 9_000,
    });
    expect(await check({ ...pay, server: 'other', args: { total: 1, mode: 'transfer' } })).toMatchObject({
      reasons: ['No matching rule; default to review'],
    });
  });

  it('denies what reaches the firewall itself, whatever the rules say, and says so to who listens', async () => {
    const named = { tool: 'named.read', client: { name: 'cursor' } };
    expect(await check({ ...named, args: { path: folder } })).toMatchObject({ decision: 'allow' });
    for (const args of [
      { path: join(folder, 'data', 'stack.json') },
      { path: join(folder, 'policy.yml') },
      { url: 'http://localhost:8123/approvals/complete' },
      { url: 'http://127.0.0.1:8001/mcp' },
    ]) {
      expect(await check({ ...named, args })).toMatchObject({
        decision: 'deny',
        built_in: 'own-reach',
        reasons: [expect.stringMatching(/^built-in own-reach: args\.(path|url) reaches the /)],
      });
    }
    await expect.poll(() => announced).toContainEqual(expect.objectContaining({ built_in: 'own-reach' }));
  });

  it('judges a side door by its name', async () => {
    const read = { tool: 'files.resources/read', args: { uri: 'file:///etc/passwd' } };
    expect(await check({ ...read, door: 'resource:file:///etc/passwd' })).toMatchObject({ decision: 'deny' });
    expect(await check(read)).toMatchObject({ decision: 'review' });
  });

  it('judges by the time of the check and by what the client says of itself', async () => {
    expect(await check({ tool: 'clock.in' })).toMatchObject({ decision: 'allow' });
    time = '2026-11-24T20:00:00.000Z';
    expect(await check({ tool: 'clock.in' })).toMatchObject({ decision: 'review' });
    expect(await check({ tool: 'named.t', client: { name: 'cursor' } })).toMatchObject({ decision: 'allow' });
    expect(await check({ tool: 'named.t' })).toMatchObject({ decision: 'review' });
  });

  it('says who decides, also where the call is allowed, and not where it is denied', async () => {
    const terms = {
      approvers: ['finance'],
      quorum: 2,
      decide_within_ms: 3_600_000,
      use_within_ms: 300_000,
      require_reason: true,
    };
    expect(await check({ tool: 'shop.buy', amount_cents: 101 })).toMatchObject({ decision: 'review', terms });
    expect(await check({ tool: 'shop.buy', amount_cents: 100 })).toMatchObject({ decision: 'allow', terms });
    expect(await check({ tool: 'shut.down' })).not.toHaveProperty('terms');
    expect(await check({ tool: 'a.tool' })).not.toHaveProperty('terms');
  });

  it('is announced with what was taken from the arguments, and without the arguments', async () => {
    const args = { total: 900, mode: 'transfer', currency: 'EUR', secret: 'hunter2' };
    await check({ tool: 'pay.out', server: 'bank', args, client: { name: 'cursor' } });
    await expect
      .poll(() => announced)
      .toMatchObject([{ tool: 'pay.out', op: 'transfer', amount_cents: 900, currency: 'EUR' }]);
    expect(JSON.stringify(announced)).not.toMatch(/hunter2|cursor/);
  });

  it('is not announced where the asker records it', async () => {
    await check({ tool: 'silent.one', on_record: true });
    await check({ tool: 'loud.one' });
    await expect.poll(() => announced).toMatchObject([{ tool: 'loud.one' }]);
  });
});
