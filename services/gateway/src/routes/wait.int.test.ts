import { type Bus, route } from '@aegis/bus';
import { type Approval, approvalsGet, approvalsWho } from '@aegis/contracts/approvals';
import { approvalLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { makeIdentityKey } from '@aegis/kit/keys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordAgent } from '../testkit/agents.ts';
import { APPROVAL_ID, approvalEvent, approved, denied, pending } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

let server: Server;
let approvals: Bus;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let url: string;
let stands: Approval;
let reads: number;
/** What happens right after a read, before its answer comes. */
let afterRead: (() => Promise<void>) | undefined;

const answering = () =>
  standIn(server, 'approvals', [
    // Whoever sends a key has it for a name.
    route(approvalsWho, ({ credential }) => ({ name: credential.secret, roles: [] })),
    route(approvalsGet, async ({ id }) => {
      if (id !== APPROVAL_ID && id !== 'run-1') throw new AppError('approval_not_found', 'There is none.');
      const read = { approval: stands, revision: 7 };
      reads += 1;
      await afterRead?.();
      return read;
    }),
  ]);

/** On record, and so told to whoever listens. */
async function become(approval: Approval): Promise<void> {
  stands = approval;
  await approvals.append.one(
    { subject: approvalLog(APPROVAL_ID), event: approvalEvent() },
    Date.now() + 5_000,
  );
}

beforeEach(async () => {
  server = await startNatsServer();
  [stands, reads, afterRead] = [pending, 0, undefined];
  approvals = await answering();
  // A notice that is lost would be made up for in an hour.
  gateway = await createTestApp(
    server,
    { CALLER_LIMITS: 'anonymous.waiting_requests=2, agent.waiting_requests=2, os-user.waiting_requests=2' },
    {},
    { most: 8, rereadMs: 3_600_000 },
  );
  url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await gateway.stop();
  await approvals.close();
  await server.stop();
});

const wait = (query: string, id = APPROVAL_ID, init: RequestInit = {}) =>
  fetch(`${url}/approvals/${id}?wait=${query}`, init);
const statusOf = async (reply: Response) => ((await reply.json()) as { status: string }).status;
const isWaiting = (count = 1) => expect.poll(() => reads).toBeGreaterThanOrEqual(2 * count);

describe('waiting for a decision', () => {
  it.each([APPROVAL_ID, 'run-1'])('by %s, the answer comes when it is made', async (id) => {
    const asked = wait('60s', id);
    await isWaiting();
    await become(approved);
    const reply = await asked;
    expect([reply.status, reply.headers.get('etag'), await statusOf(reply)]).toEqual([
      200,
      '"7"',
      'approved',
    ]);
  });

  it.each([approved, denied])('one that is decided is answered at once', async (over) => {
    stands = over;
    expect(await statusOf(await wait('60s'))).toBe(over.status);
    expect(reads).toBe(1);
  });

  it('a longer wait than there is room for is refused', async () => {
    const reply = await wait('61s');
    expect([reply.status, ((await reply.json()) as { detail: string }).detail]).toEqual([
      422,
      'wait: expected a duration up to 60s, such as 30s',
    ]);
  });

  it('it is answered as it stands when the time is up', async () => {
    expect(await statusOf(await wait('50ms'))).toBe('pending');
  });

  it('a decision between the first read and the wait is not slept over', async () => {
    afterRead = async () => {
      afterRead = undefined;
      await become(denied);
    };
    expect(await statusOf(await wait('60s'))).toBe('denied');
  });

  it('nor one right after the last read before the wait', async () => {
    afterRead = async () => {
      if (reads === 2) await become(denied);
    };
    expect(await statusOf(await wait('60s'))).toBe('denied');
  });

  it('one that only changes is waited for further', async () => {
    const asked = wait('60s');
    await isWaiting();
    await become(pending);
    await expect.poll(() => reads).toBe(3);
    await become(approved);
    expect(await statusOf(await asked)).toBe('approved');
  });

  it('a wait outlives the service that answers for approvals', async () => {
    const asked = wait('60s');
    await isWaiting();
    await approvals.close();
    approvals = await answering();
    await become(approved);
    expect(await statusOf(await asked)).toBe('approved');
  });

  it('a wait outlives the bus, and learns what was decided meanwhile', async () => {
    const asked = wait('60s');
    await isWaiting();
    await server.kill();
    stands = approved;
    await server.restart();
    expect(await statusOf(await asked)).toBe('approved');
  });

  it('what nobody can tell at the end is no answer', async () => {
    const asked = wait('300ms');
    await isWaiting();
    await approvals.close();
    const reply = await asked;
    expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([
      503,
      'approvals_unavailable',
    ]);
    approvals = await answering();
  });

  it('a gateway that stops answers all who wait as it stands', async () => {
    const asked = wait('60s');
    await isWaiting();
    const closed = gateway.app.close();
    expect(await statusOf(await asked)).toBe('pending');
    await closed;
  });
});

const asKey = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

describe('too many who wait', () => {
  it('a caller has so many places, and another still finds one', async () => {
    const waiting = [wait('60s', APPROVAL_ID, asKey('a')), wait('60s', APPROVAL_ID, asKey('a'))];
    await isWaiting(2);
    const third = await wait('60s', APPROVAL_ID, asKey('a'));
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await third.json()).toMatchObject({
      code: 'too_many_requests',
      detail: '2 requests of this caller wait already: ask again later, or without wait.',
    });
    expect((await wait('0s', APPROVAL_ID, asKey('a'))).status).toBe(200);
    expect(await statusOf(await wait('1ms', APPROVAL_ID, asKey('b')))).toBe('pending');
    await become(approved);
    expect(await Promise.all(waiting.map(async (one) => statusOf(await one)))).toEqual([
      'approved',
      'approved',
    ]);
  });

  it('where all are taken, that is said, and whoever leaves gives their place up', async () => {
    const left = new AbortController();
    const open = (key: number) =>
      wait('60s', APPROVAL_ID, {
        headers: { cookie: `name=${key % 4}` },
        signal: left.signal,
      }).catch(() => undefined);
    const waiting = [0, 1, 2, 3, 4, 5, 6, 7].map(open);
    await isWaiting(8);
    const late = await wait('60s', APPROVAL_ID, { headers: { cookie: 'name=late' } });
    expect([late.status, late.headers.get('retry-after')]).toEqual([503, '5']);
    left.abort();
    await Promise.all(waiting);
    await expect.poll(async () => (await wait('1ms')).status).toBe(200);
  });

  it('whoever takes many names at an address gives way to an agent with a key, and hears how it stands', async () => {
    const policy = await standIn(server, 'policy');
    const key = makeIdentityKey();
    await recordAgent(policy, 'billing', key);
    const taken = [0, 1, 2, 3, 4, 5, 6, 7].map((name) => wait('60s', APPROVAL_ID, asKey(`${name % 4}`)));
    await isWaiting(8);
    const asked = wait('60s', APPROVAL_ID, asKey(key));
    expect(await statusOf(await Promise.any(taken))).toBe('pending');
    await become(approved);
    expect(await statusOf(await asked)).toBe('approved');
    await Promise.all(taken);
    await policy.close();
  });

  it('who waits takes no turn of those that ask', async () => {
    const waiting = ['a', 'b', 'c', 'd'].map((key) =>
      wait('60s', APPROVAL_ID, { headers: { authorization: `Bearer ${key}` } }),
    );
    await isWaiting(4);
    expect((await wait('0s')).status).toBe(200);
    await become(approved);
    await Promise.all(waiting);
  });
});
