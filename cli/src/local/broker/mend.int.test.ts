import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Bus } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { readEvent } from '@aegis/contracts/read-event';
import { AUDIT_LOG, POLICY_LOG } from '@aegis/contracts/subjects';
import { messageOf } from '@aegis/contracts/testing/fixtures';
import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { run } from '../../run.ts';
import { fakeHost } from '../../testkit/fake-host.ts';

let server: TestNatsServer;
let policy: Bus;
let audit: Bus;

beforeAll(async () => {
  server = await startNatsServer();
  policy = await connectTestBus(server, 'policy');
  audit = await connectTestBus(server, 'audit');
});
afterAll(async () => {
  await Promise.all([policy.close(), audit.close()]);
  await server.stop();
});

const within = (): number => Date.now() + 2_000;
const end = async (): Promise<number> => (await audit.read.end(within())).seq;

async function mend(...args: readonly string[]) {
  const env = { NATS_URL: server.url, NATS_NKEY_FILE: join(server.keysDir, 'admin.nk') };
  const host = fakeHost({ env });
  await run(host, ['broker', 'mend', ...args]);
  return host;
}

async function publish(digest: string): Promise<number> {
  const event = createEvent({
    type: 'aegis.policy.published.v1',
    source: 'policy',
    time: '2026-01-05T09:30:00.000Z',
    data: {
      policy: { version: 2, rules: [{ match: '*', decision: 'deny' }] },
      digest: `sha256:${digest.repeat(64)}`,
      version: 2,
      path: 'policy.yml',
      origin: 'file',
    },
  });
  return (await policy.append.one({ subject: POLICY_LOG, event }, within())).seq;
}

beforeEach(async () => {
  await publish('a');
});

test('the last good event counts again, in one batch with who did it, and a second time finds nothing', async () => {
  const good = await publish('b');
  const bad = [(await policy.append.text(POLICY_LOG, '{}', within())).seq];
  bad.push((await policy.append.text(POLICY_LOG, 'no JSON', within())).seq);
  const host = await mend(POLICY_LOG);
  expect([host.exitCode, host.err()]).toEqual([0, '']);
  expect(host.out()).toBe(
    `no event of aegis.log.policy, and passed over: ${bad.join(', ')}\n` +
      `what was stored at ${good} counts again, as the newest; that you did this is on record\n`,
  );
  const [before, again] = [await audit.read.at(good, within()), await policy.read.last(POLICY_LOG, within())];
  expect(again?.event).toEqual({ ...before?.event, id: expect.any(String) });
  expect(again?.event?.id).not.toBe(before?.event?.id);
  const fact = await audit.read.last(AUDIT_LOG, within());
  expect(fact?.seq).toBe((again?.seq ?? 0) + 1);
  expect(readEvent(fact, 'aegis.audit.mended.v1')?.data).toEqual({
    subject: POLICY_LOG,
    by: expect.stringMatching(/^os-user:/),
    skipped: bad,
    restored: good,
  });
  const last = await end();
  expect((await mend(POLICY_LOG)).out()).toBe(
    'the last message on aegis.log.policy is a good event: nothing to mend\n',
  );
  expect(await end()).toBe(last);
});

test('a policy that could never be in force is passed over too', async () => {
  const good = await publish('c');
  const event = createEvent({
    type: 'aegis.policy.published.v1',
    source: 'policy',
    time: '2026-01-05T09:30:00.000Z',
    data: {
      policy: { version: 2, rules: [{ match: '*', decision: 'perhaps' }] },
      digest: `sha256:${'0'.repeat(64)}`,
      version: 2,
      path: 'policy.yml',
      origin: 'file',
    },
  });
  const { seq } = await policy.append.one({ subject: POLICY_LOG, event }, within());
  const host = await mend(POLICY_LOG, '--json');
  expect(JSON.parse(host.out())).toEqual({ ok: true, subject: POLICY_LOG, skipped: [seq], restored: good });
});

test('a subject on which nothing was ever good is not written to, and that it was looked at is on record', async () => {
  const subject = 'aegis.log.approval.apr_forged';
  const approvals = await connectTestBus(server, 'approvals');
  const { seq } = await approvals.append.text(subject, '{}', within());
  await approvals.close();
  expect((await mend(subject)).out()).toMatch(/nothing on this subject was ever an event: .* is refused/);
  expect((await audit.read.last(subject, within()))?.seq).toBe(seq);
  const fact = await audit.read.last(AUDIT_LOG, within());
  expect(readEvent(fact, 'aegis.audit.mended.v1')?.data).toMatchObject({ subject, skipped: [seq] });
});

test('a body that somebody wrote over can be read back again', async () => {
  const approvals = await connectTestBus(server, 'approvals');
  const { subject, event } = messageOf('aegis.body.stored.v1');
  try {
    const { seq } = await approvals.append.one({ subject, event, expect: 0 }, within());
    const other = { ...event, id: randomUUID(), data: { ...event.data, body: { document: 'another' } } };
    await approvals.append.one({ subject, event: other, expect: seq }, within());
    const host = await mend(subject);
    expect([host.exitCode, host.out()]).toEqual([
      0,
      expect.stringContaining(`stored at ${seq} counts again`),
    ]);
    const last = await approvals.read.last(subject, within());
    expect(readEvent(last, 'aegis.body.stored.v1')?.data).toEqual(event.data);
  } finally {
    await approvals.close();
  }
});

test('a decision is never written again: nothing stands on the last one', async () => {
  const subject = 'aegis.log.decision.enforce.allowed';
  const enforcer = await connectTestBus(server, 'enforcer');
  const { seq } = await enforcer.append.text(subject, '{}', within());
  await enforcer.close();
  expect((await mend(subject)).out()).toMatch(/nothing stands on the last message of this subject/);
  expect((await audit.read.last(subject, within()))?.seq).toBe(seq);
});

test('what is no subject of the log, or more than one, is wrong usage; an empty one says so', async () => {
  for (const subject of [
    'aegis.timers.x',
    'aegis.log.>',
    'aegis.log.approval.*',
    'aegis.log',
    '$JS.API.INFO',
  ]) {
    expect((await mend(subject)).exitCode, subject).toBe(2);
  }
  expect((await mend('aegis.log.grant.none')).out()).toBe('there is nothing on aegis.log.grant.none\n');
});

test('the key of a service does not do it', async () => {
  await policy.append.text(POLICY_LOG, '{}', within());
  const env = { NATS_URL: server.url, NATS_NKEY_FILE: join(server.keysDir, 'gateway.nk') };
  const host = fakeHost({ env });
  const last = await end();
  await run(host, ['broker', 'mend', POLICY_LOG]);
  expect(host.exitCode).toBe(1);
  expect(await end()).toBe(last);
});
