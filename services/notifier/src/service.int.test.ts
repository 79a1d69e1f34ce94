import { Webhook } from 'standardwebhooks';
import { expect, test, vi } from 'vitest';
import { CANARY, denied, pending, requested } from './testkit/approvals.ts';
import {
  attempts,
  happened,
  receiver,
  save,
  startReplica,
  stopReplicas,
  useNotifyWorld,
  world,
} from './testkit/notify-world.ts';

useNotifyWorld();

/** What a replica that stopped was given at that moment comes again only after half a minute. */
const within = { timeout: 45_000 };

test('a receiver is told, and verifies it with the reference library', async () => {
  const ops = await receiver();
  const notify = await startReplica();
  const { secret = '' } = await save(notify, 'ops', ops.url);
  const event = await happened();
  await expect.poll(() => ops.requests.length, within).toBe(1);
  const [got] = ops.requests;
  expect(new Webhook(secret).verify(got?.body ?? '', got?.headers ?? {})).toMatchObject({
    type: 'approval.requested',
    timestamp: event.time,
    data: {
      tool: 'refunds.create',
      url: expect.stringContaining('https://aegis.example.com/ui/approvals/apr_'),
    },
  });
  expect(got).toMatchObject({
    method: 'POST',
    path: '/hook',
    headers: { 'content-type': 'application/json' },
  });
  expect(got?.body).not.toContain(CANARY);
  await expect
    .poll(() => attempts(notify, 'ops'), within)
    .toEqual([expect.objectContaining({ ok: true, status: 204, attempt: 1, event: 'approval.requested' })]);
  expect(got?.headers['webhook-id']).toBe(`${event.id}_ops`);
});

test('while a secret is exchanged, both verify', async () => {
  const ops = await receiver();
  const notify = await startReplica();
  const { secret: first = '' } = await save(notify, 'ops', ops.url);
  const second = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
  const target = { type: 'standard' as const, url: ops.url, events: ['approval.requested' as const] };
  await notify.save({ webhook_id: 'ops', target, secret: second }, 'ana', Date.now() + 5_000);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(1);
  const { body, headers } = ops.requests[0] ?? { body: '', headers: {} };
  for (const known of [first, second]) expect(new Webhook(known).verify(body, headers)).toBeTruthy();
});

test('a receiver is told of what it wants, and of nothing else', async () => {
  const [ops, audit] = [await receiver(), await receiver()];
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  const target = { type: 'standard' as const, url: audit.url, events: ['approval.denied' as const] };
  await notify.save({ webhook_id: 'audit', target }, 'ana', Date.now() + 5_000);
  const approval = pending();
  await happened(requested(approval));
  await happened(denied(approval));
  await expect
    .poll(
      () =>
        ops
          .bodies()
          .map(({ type }) => type)
          .toSorted(),
      within,
    )
    .toEqual(['approval.denied', 'approval.requested']);
  await expect.poll(() => audit.bodies().map(({ type }) => type), within).toEqual(['approval.denied']);
});

test('a receiver that answers 500 is tried by the schedule, then given up', async () => {
  const ops = await receiver(() => ({ status: 500 }));
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(4);
  await expect.poll(async () => (await attempts(notify, 'ops')).length, within).toBe(4);
  const tried = await attempts(notify, 'ops');
  expect(tried.map(({ attempt, ok, status }) => [attempt, ok, status])).toEqual(
    [1, 2, 3, 4].map((count) => [count, false, 500]),
  );
  expect(tried.map(({ next_at }) => next_at !== undefined)).toEqual([true, true, true, false]);
  const waits = ops.requests.slice(1).map(({ at }, i) => at - (ops.requests[i]?.at ?? 0));
  for (const [i, least] of [80, 160, 240].entries()) expect(waits[i]).toBeGreaterThanOrEqual(least - 5);
  expect(new Set(ops.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(ops.requests).toHaveLength(4);
});

test('a receiver that was down is told once it is up, signed anew', async () => {
  const down = await receiver();
  await down.close();
  const notify = await startReplica({ WEBHOOK_RETRY_MS: '200,200,200,200,200,200,200,200,200' });
  const { secret = '' } = await save(notify, 'ops', down.url);
  await happened();
  await expect
    .poll(() => attempts(notify, 'ops'), within)
    .toContainEqual(expect.objectContaining({ ok: false, error: 'it can not be reached (ECONNREFUSED)' }));
  const up = await receiver(undefined, { port: down.port });
  await expect.poll(() => up.requests.length, within).toBe(1);
  const { body, headers } = up.requests[0] ?? { body: '', headers: {} };
  expect(new Webhook(secret).verify(body, headers)).toBeTruthy();
  await expect.poll(async () => (await attempts(notify, 'ops')).at(-1)?.ok, within).toBe(true);
});

test('a receiver that hangs holds up nobody else', async () => {
  const [slow, quick] = [await receiver(() => ({ never: true })), await receiver()];
  const notify = await startReplica({ WEBHOOK_TIMEOUT_MS: '20000' });
  await save(notify, 'slow', slow.url);
  await save(notify, 'quick', quick.url);
  for (let i = 0; i < 20; i++) await happened();
  await vi.waitFor(() => expect(quick.requests).toHaveLength(20), within);
  expect(slow.requests).toHaveLength(4);
});

test('a redirect is a failed attempt, and its target is never asked', async () => {
  const target = await receiver();
  const ops = await receiver(() => ({ status: 302, headers: { location: target.url } }));
  const notify = await startReplica({ WEBHOOK_RETRY_MS: '50' });
  await save(notify, 'ops', ops.url);
  await happened();
  await expect
    .poll(async () => (await attempts(notify, 'ops')).map(({ status }) => status), within)
    .toEqual([302, 302]);
  expect(target.connections()).toBe(0);
});

test('a private address is refused at once when it is saved, and never connected to from the file', async () => {
  const ops = await receiver();
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  await stopReplicas();
  const strict = await startReplica({ WEBHOOK_ALLOW_HOSTS: '', WEBHOOK_RETRY_MS: '50' });
  await expect(save(strict, 'other', ops.url)).rejects.toMatchObject({
    code: 'invalid_request',
    message: expect.stringMatching(/^target\.url: .*WEBHOOK_ALLOW_HOSTS/),
  });
  await happened();
  await expect.poll(async () => (await attempts(strict, 'ops')).length, within).toBe(2);
  expect((await attempts(strict, 'ops'))[0]?.error).toContain('WEBHOOK_ALLOW_HOSTS');
  expect(ops.connections()).toBe(0);
});

test('a receiver that asks to be left alone is', async () => {
  const ops = await receiver((count) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '2' } } : {},
  );
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(2);
  expect((ops.requests[1]?.at ?? 0) - (ops.requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_950);
});

test('what happens while nobody runs is told after the next start', async () => {
  const ops = await receiver();
  await save(await startReplica(), 'ops', ops.url);
  await stopReplicas();
  for (let i = 0; i < 5; i++) await happened();
  await startReplica();
  await expect.poll(() => ops.requests.length, within).toBe(5);
});

test('a notice that waits for its next attempt outlives a restart of everything', async () => {
  const ops = await receiver((count) => (count === 1 ? { status: 500 } : {}));
  const env = { WEBHOOK_RETRY_MS: '1500' };
  const first = await startReplica(env);
  await save(first, 'ops', ops.url);
  await happened();
  await expect.poll(async () => (await attempts(first, 'ops')).length, within).toBe(1);
  await stopReplicas();
  await world.bus.close();
  await world.server.restart();
  const again = await startReplica(env);
  await expect.poll(() => ops.requests.length, within).toBe(2);
  await expect
    .poll(async () => (await attempts(again, 'ops')).map(({ attempt }) => attempt), within)
    .toEqual([1, 2]);
});

test('a broker that goes away for a moment is taken up again at once', async () => {
  const ops = await receiver();
  const notify = await startReplica();
  await save(notify, 'ops', ops.url);
  await world.server.kill();
  await world.server.restart();
  await expect.poll(() => world.bus.isUp(), within).toBe(true);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(1);
  expect(notify.health().problems).toEqual([]);
});

test('a stop in the middle of an attempt does not lose the notice', async () => {
  const ops = await receiver((count) => (count === 1 ? { never: true } : {}));
  await save(await startReplica({ WEBHOOK_TIMEOUT_MS: '20000' }), 'ops', ops.url);
  await happened();
  await expect.poll(() => ops.requests.length, within).toBe(1);
  const startedAt = Date.now();
  await stopReplicas();
  expect(Date.now() - startedAt).toBeLessThan(3_000);
  await startReplica();
  await expect.poll(() => ops.requests.length, within).toBe(2);
  expect(new Set(ops.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
});

test('of two replicas, one tells, and each answers for both', async () => {
  const ops = await receiver();
  const [a, b] = [await startReplica(), await startReplica()];
  await save(a, 'ops', ops.url);
  await expect.poll(() => b.list().length, within).toBe(1);
  for (let i = 0; i < 30; i++) await happened();
  await expect.poll(() => ops.requests.length, within).toBe(30);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(ops.requests).toHaveLength(30);
  expect(new Set(ops.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(30);
  await expect.poll(async () => (await b.deliveries('ops')).length, within).toBe(30);
  expect(await a.deliveries('ops')).toEqual(await b.deliveries('ops'));
});
