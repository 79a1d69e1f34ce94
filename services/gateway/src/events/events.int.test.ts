import { once } from 'node:events';
import { connect } from 'node:net';
import { type Bus, route } from '@aegis/bus';
import { approvalsGet, approvalsWho } from '@aegis/contracts/approvals';
import { approvalLog, enforceLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { connectTestBus, type TestBus } from '@aegis/testkit/bus';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APPROVAL_ID, approvalEvent, decisionEvent, pending } from '../testkit/samples.ts';
import { openStream } from '../testkit/sse.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

const soon = () => Date.now() + 5000;
let server: Server;
let enforcer: TestBus;
let approvals: Bus;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let url: string;
let streams: Awaited<ReturnType<typeof openStream>>[] = [];

beforeEach(async () => {
  server = await startNatsServer();
  enforcer = await connectTestBus(server, 'enforcer');
  approvals = await standIn(server, 'approvals', [
    // Whoever sends a key has it for a name.
    route(approvalsWho, ({ credential }) => ({ name: credential.secret, roles: [] })),
    route(approvalsGet, ({ id }) => {
      if (id !== APPROVAL_ID && id !== 'run-1') throw new AppError('approval_not_found', 'There is none.');
      return { approval: pending };
    }),
  ]);
  gateway = await createTestApp(
    server,
    { CALLER_LIMITS: 'anonymous.streams=2, agent.streams=2, os-user.streams=2' },
    { heartbeatMs: 50, maxStreams: 8 },
  );
  url = `${await gateway.app.listen({ host: '127.0.0.1', port: 0 })}/events`;
});
afterEach(async () => {
  for (const stream of streams) stream.close();
  streams = [];
  await gateway.stop();
  await Promise.all([enforcer.close(), approvals.close()]);
  await server.stop();
});

/** Where the place to begin at takes a while to find, a sign of life may come before it. */
const greetingOf = (stream: Awaited<ReturnType<typeof openStream>>) =>
  stream.blocks.find(({ retry }) => retry !== undefined);

async function open(query = '', headers: Record<string, string> = {}) {
  const stream = await openStream(`${url}${query}`, headers);
  streams.push(stream);
  await expect.poll(() => greetingOf(stream), { interval: 5 }).toBeDefined();
  return stream;
}

const decide = async (): Promise<number> =>
  (await enforcer.commit({ subject: enforceLog('allowed'), event: decisionEvent() }, soon())).seq;
const approve = async (): Promise<number> =>
  (await approvals.append.one({ subject: approvalLog(APPROVAL_ID), event: approvalEvent() }, soon())).seq;
const received = () => gateway.bus.link.nc.stats().inMsgs;
const connections = () =>
  new Promise<number>((resolve) => gateway.app.server.getConnections((_err, count) => resolve(count)));
/** So many decisions and, now and then, an approval; all their sequences in order. */
async function write(count: number): Promise<number[]> {
  const seqs = await Promise.all(
    Array.from({ length: count }, (_, i) => (i % 10 === 0 ? approve() : decide())),
  );
  return seqs.toSorted((a, b) => a - b);
}

const openAs = async (key: string) => {
  const stream = await openStream(url, { authorization: `Bearer ${key}` });
  streams.push(stream);
  return stream;
};

describe('live', () => {
  it('a decision and an approval come as they are stored, with their place, type and event', async () => {
    const stream = await open();
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const event = decisionEvent('refunds.create');
    const { seq } = await enforcer.commit({ subject: enforceLog('allowed'), event }, soon());
    const next = await approve();
    await expect.poll(stream.ids).toEqual([seq, next]);
    expect(stream.events()[0]).toMatchObject({ id: String(seq), event: 'aegis.decision.enforced.v1' });
    expect(JSON.parse(stream.events()[0]?.data ?? '')).toEqual(event);
    expect(stream.events()[1]).toMatchObject({ event: 'aegis.approval.requested.v1' });
  });

  it('only the kinds that were asked for', async () => {
    const stream = await open('?types=approval');
    await decide();
    const seq = await approve();
    await expect.poll(stream.ids).toEqual([seq]);
  });

  it('only what is about one approval, by either of its names: its own events, and decisions that name it', async () => {
    const one = await open(`?approval_id=${APPROVAL_ID}`);
    const other = await open('?approval_id=run-1&types=decision&last_event_id=0');
    await decide();
    const asked = await approve();
    const event = decisionEvent();
    event.data = { ...event.data, approval_id: APPROVAL_ID };
    const { seq } = await enforcer.commit({ subject: enforceLog('allowed'), event }, soon());
    await expect.poll(one.ids).toEqual([asked, seq]);
    await expect.poll(other.ids).toEqual([seq]);
    const replayed = await open(`?approval_id=${APPROVAL_ID}&last_event_id=0`);
    await expect.poll(replayed.ids).toEqual([asked, seq]);
  });

  it.each([
    ['last_event_id', '?last_event_id=99999999', {}],
    ['Last-Event-ID', '', { 'last-event-id': '99999999' }],
  ])('after a place beyond the end names %s, and what to give', async (field, query, headers) => {
    const reply = await fetch(`${url}${query}`, { headers });
    const { detail } = (await reply.json()) as { detail: string };
    expect(reply.status).toBe(422);
    expect(detail).toMatch(
      new RegExp(`^${field}: the log ends at \\d+; leave it out to read from now on, or give 0`),
    );
  });

  it('of an approval that there is not, nothing would ever come: that is said', async () => {
    const reply = await fetch(`${url}?approval_id=another`);
    expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([
      404,
      'approval_not_found',
    ]);
  });

  it('what was refused, or never committed, is seen by nobody', async () => {
    const stream = await open();
    const refused = { subject: approvalLog(APPROVAL_ID), event: approvalEvent(), expect: 7 };
    await expect(approvals.append.one(refused, soon())).rejects.toMatchObject({ code: 'version_conflict' });
    const half = [refused, { subject: enforceLog('allowed'), event: decisionEvent() }];
    await expect(approvals.append.all(half, soon(), false)).rejects.toMatchObject({
      code: 'version_conflict',
    });
    const seq = await decide();
    await expect.poll(stream.ids).toEqual([seq]);
  });

  it('a quiet stream shows that it lives', async () => {
    const stream = await open();
    await expect.poll(() => stream.blocks.at(-1)).toEqual({ comment: 'still here' });
  });

  it('while nobody listens the gateway is sent nothing', async () => {
    const stream = await open();
    await decide();
    await expect.poll(() => stream.ids().length).toBe(1);
    stream.close();
    await expect
      .poll(async () => {
        const before = received();
        await write(5);
        await gateway.bus.link.nc.flush();
        return received() - before;
      })
      .toBe(0);
  });
});

describe('resumed', () => {
  it('all that was missed comes first, then live, in order, without a gap or a repeat', async () => {
    const early = await write(700);
    const seen = early[99] ?? 0;
    const writing = write(400);
    const stream = await open('', { 'last-event-id': String(seen) });
    const all = [...early, ...(await writing), ...(await write(20))].filter((seq) => seq > seen);
    await expect.poll(() => stream.ids().length, { timeout: 10_000 }).toBe(all.length);
    expect(stream.ids()).toEqual(all);
  });

  it('only the kinds that were asked for', async () => {
    await write(30);
    const stream = await open('?types=approval&last_event_id=0');
    await expect.poll(() => stream.ids().length).toBe(3);
    const seq = await approve();
    await expect.poll(() => stream.ids().at(-1)).toBe(seq);
    expect(stream.events().every((block) => block.event === 'aegis.approval.requested.v1')).toBe(true);
  });

  it('from where a first connection began, though it saw no event', async () => {
    const [last] = (await write(3)).slice(-1);
    const first = await open();
    expect(greetingOf(first)).toEqual({ retry: '1000', id: String(last) });
    first.close();
    const missed = await decide();
    const second = await open('', { 'last-event-id': greetingOf(first)?.id ?? '' });
    await expect.poll(second.ids).toEqual([missed]);
  });

  it('by the header, where a reconnecting browser still has the query of its first connection', async () => {
    const seqs = await write(5);
    const stream = await open('?last_event_id=0', { 'last-event-id': String(seqs[3]) });
    await expect.poll(stream.ids).toEqual([seqs[4]]);
  });

  it('from the end there is nothing to replay', async () => {
    const seqs = await write(3);
    const stream = await open('', { 'last-event-id': String(seqs[2]) });
    const seq = await decide();
    await expect.poll(stream.ids).toEqual([seq]);
  });

  it('from a place that the log does not have is refused, as is one that is no place', async () => {
    await write(3);
    for (const id of ['4', 'x', '-1', '1.5', '']) {
      const reply = await fetch(url, { headers: { 'last-event-id': id } });
      expect([id, reply.status]).toEqual([id, 422]);
      const { detail } = (await reply.json()) as { detail: string };
      expect(detail.toLowerCase()).toMatch(/^last-event-id: /);
    }
  });
});

describe('the end', () => {
  it('comes where the bus is lost, and the reader gets the rest when it comes back', async () => {
    const seqs = await write(3);
    const stream = await open('?last_event_id=0');
    await expect.poll(stream.ids).toEqual(seqs);
    await server.kill();
    await expect.poll(stream.ended).toBe(true);
    await server.restart();
    await expect.poll(() => enforcer.isUp() && gateway.bus.isUp(), { timeout: 10_000 }).toBe(true);
    const missed = await decide();
    const again = await open('', { 'last-event-id': String(seqs[2]) });
    const live = await decide();
    await expect.poll(again.ids).toEqual([missed, live]);
  });

  it('comes where the gateway stops, and does not hold it up', async () => {
    const stream = await open();
    const started = Date.now();
    await gateway.app.close();
    await expect.poll(stream.ended).toBe(true);
    expect(Date.now() - started).toBeLessThan(2000);
  });

  it('comes for one who does not read, and for nobody else', async () => {
    const reader = await open();
    const { hostname, port } = new URL(url);
    const idle = connect(Number(port), hostname);
    idle.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle, 'readable');
    const before = await connections();
    const seqs: number[] = [];
    // More than the sockets' own buffers hold, which are some MiB on the way and 1 MiB with us.
    while (seqs.length < 60) {
      const event = decisionEvent();
      event.data = { ...event.data, reasons: ['x'.repeat(400_000)] };
      seqs.push((await enforcer.commit({ subject: enforceLog('allowed'), event }, soon())).seq);
    }
    await expect.poll(connections).toBe(before - 1);
    idle.destroy();
    await expect.poll(reader.ids).toEqual(seqs);
  });

  it('nobody has more streams than one may: one more ends the oldest of their own', async () => {
    const [first, second] = [await openAs('a'), await openAs('a')];
    const third = await openAs('a');
    expect(third.response.status).toBe(200);
    await expect.poll(first.ended).toBe(true);
    expect([second.ended(), third.ended()]).toEqual([false, false]);
  });

  it('where all are taken, the oldest of whoever has the most makes room for somebody else', async () => {
    const opened = [];
    for (const key of ['a', 'b', 'b', 'c', 'c', 'd', 'd', 'e', 'late']) opened.push(await openAs(key));
    const [, gaveWay, ...others] = opened;
    await expect.poll(() => gaveWay?.ended()).toBe(true);
    expect(opened.map((stream) => stream.response.status)).toEqual(Array(9).fill(200));
    expect(others.map((stream) => stream.ended())).not.toContain(true);
  });
});
