import { runLog } from '@aegis/contracts/subjects';
import { connectTestBus } from '@aegis/testkit/bus';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endOf, storeDispatch, storeSuccess } from '../testkit/calls.ts';
import { startWorld, type World } from '../testkit/world.ts';

const GRACE_MS = 200;

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

const letThrough = (callId: string, instance: string) => storeDispatch(world.mcp, callId, instance);
const succeed = (callId: string, instance: string) => storeSuccess(world.mcp, callId, instance);

/** How each call ended, in the log's order, such as `c1 succeeded`. */
async function ends(): Promise<string[]> {
  const events = (await world.logged()).filter(({ data }) => data['call_id'] !== undefined);
  const ofCalls = events.filter(({ type }) => type.startsWith('aegis.call.'));
  return ofCalls.map(({ type, data }) => `${String(data['call_id'])} ${type.split('.')[2]}`);
}

describe('a firewall that dies with calls under way', () => {
  it('leaves outcomes that are recorded as unknown, each once, whoever looks', async () => {
    const traceId = await letThrough('c1', 'dead');
    await letThrough('c2', 'dead');
    await letThrough('c3', 'dead');
    await succeed('c2', 'dead');
    await Promise.all([
      world.startEnforcer({ reconcileAfterMs: GRACE_MS }),
      world.startEnforcer({ reconcileAfterMs: GRACE_MS }),
    ]);
    await expect
      .poll(async () => (await ends()).toSorted(), { timeout: 10_000 })
      .toEqual(['c1 outcome_unknown', 'c2 succeeded', 'c3 outcome_unknown']);
    // One more that dies later: by then both have looked at the first ones again.
    await letThrough('c4', 'dead');
    await expect.poll(ends, { timeout: 10_000 }).toContain('c4 outcome_unknown');
    expect(await ends()).toHaveLength(4);
    const unknown = (await world.logged()).find(({ data }) => data['call_id'] === 'c1' && 'because' in data);
    expect(unknown).toMatchObject({
      source: 'aegis/enforcer',
      subject: 'files.move',
      traceparent: expect.stringContaining(traceId),
      data: { decision_id: 'd-c1', instance: 'dead', server: 'files', tool: 'files.move', principal: 'ann' },
    });
  });

  it('is told from one that lives, however long its call takes', async () => {
    const stopAnswering = await world.mcp.alive.answer('alive');
    await letThrough('slow', 'alive');
    await letThrough('lost', 'dead');
    await world.startEnforcer({ reconcileAfterMs: GRACE_MS });
    await expect.poll(ends, { timeout: 10_000 }).toEqual(['lost outcome_unknown']);
    await letThrough('lost-too', 'dead');
    await expect.poll(ends, { timeout: 10_000 }).toContain('lost-too outcome_unknown');
    expect(await ends()).not.toContain('slow outcome_unknown');
    await stopAnswering();
    await expect.poll(ends, { timeout: 10_000 }).toContain('slow outcome_unknown');
  });

  it('is not taken for dead while it listens and does not answer', async () => {
    const asked: string[] = [];
    world.mcp.link.nc.subscribe('aegis.alive.hung', {
      callback: (_, { subject }) => void asked.push(subject),
    });
    await letThrough('c1', 'hung');
    await world.startEnforcer({ reconcileAfterMs: GRACE_MS });
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(await ends()).toEqual([]);
  });

  it('is asked about once, however many calls it left', async () => {
    const asked: string[] = [];
    world.mcp.link.nc.subscribe('aegis.alive.*', {
      callback: (_, message) => {
        asked.push(message.subject);
        message.respond();
      },
    });
    for (let n = 0; n < 20; n++) await letThrough(`c${n}`, 'busy');
    await world.startEnforcer({ reconcileAfterMs: 4_000 });
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBeGreaterThan(0);
    expect(asked).toEqual(['aegis.alive.busy']);
  });
});

describe('a call that a firewall lost sight of', () => {
  it('has ended where its run says so on its own subject, and that is closed once before another says how it ended', async () => {
    const subject = runLog('dead');
    await Promise.all(['c1', 'c2', 'c3'].map((call) => letThrough(call, 'dead')));
    for (const call of ['c1', 'c2'])
      await world.mcp.append.one({ subject, event: endOf(call, 'dead') }, Date.now() + 5_000);
    const start = () => world.startEnforcer({ reconcileAfterMs: GRACE_MS });
    await Promise.all([start(), start()]);
    const all = ['c1 succeeded', 'c2 succeeded', 'c3 outcome_unknown'];
    await expect.poll(ends, { timeout: 10_000 }).toEqual(all);
    await letThrough('c4', 'dead');
    await expect.poll(ends, { timeout: 10_000 }).toEqual([...all, 'c4 outcome_unknown']);
    const logged = await world.logged();
    const fences = logged.filter(({ type }) => type === 'aegis.call.fenced.v1');
    const before = logged.find(({ data }) => data['call_id'] === 'c2' && 'result_bytes' in data);
    expect(fences.map(({ data }) => data)).toEqual([{ instance: 'dead', after: before?.id }]);
  });

  it('has one end: what comes late, after it was recorded as unknown, is refused', async () => {
    await letThrough('c1', 'dead');
    await world.startEnforcer({ reconcileAfterMs: GRACE_MS });
    await expect.poll(ends, { timeout: 10_000 }).toEqual(['c1 outcome_unknown']);
    await expect(succeed('c1', 'dead')).rejects.toMatchObject({ code: 'version_conflict' });
  });

  it('is still found after the bus was away, and nobody is taken for dead because of that', async () => {
    const survivor = await connectTestBus(world.server, 'mcp');
    await survivor.alive.answer('survivor');
    await letThrough('c1', 'survivor');
    await world.startEnforcer({ reconcileAfterMs: 1_000 });
    await world.server.restart();
    await expect.poll(() => world.mcp.isUp() && survivor.isUp(), { timeout: 10_000 }).toBe(true);
    await letThrough('c2', 'dead');
    await expect.poll(ends, { timeout: 20_000 }).toEqual(['c2 outcome_unknown']);
    await survivor.close();
    await expect.poll(ends, { timeout: 20_000 }).toContain('c1 outcome_unknown');
  });

  it('is not given up for a silence on both sides of a loss of the bus', async () => {
    const graceMs = 1_500;
    await letThrough('c1', 'late');
    const bus = await world.connect('enforcer');
    const requests = vi.spyOn(bus.link.nc, 'request');
    const asked = () => requests.mock.calls.filter(([subject]) => subject === 'aegis.alive.late').length;
    await world.startEnforcer({ reconcileAfterMs: graceMs, bus });
    await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(0);
    await world.server.kill();
    await new Promise((resolve) => setTimeout(resolve, graceMs));
    const before = asked();
    await world.server.restart();
    await expect.poll(asked, { timeout: 20_000, interval: 10 }).toBeGreaterThan(before);
    await expect.poll(() => world.mcp.isUp()).toBe(true);
    await world.mcp.alive.answer('late');
    await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(before + 3);
    expect(await ends()).toEqual([]);
  });
});
