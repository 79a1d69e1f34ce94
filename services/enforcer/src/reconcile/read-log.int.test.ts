import { createEvent } from '@aegis/contracts/create-event';
import { callLog } from '@aegis/contracts/subjects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeDispatch, storeSuccess } from '../testkit/calls.ts';
import { startWorld, type World } from '../testkit/world.ts';
import { createOpenCalls } from './open-calls.ts';
import { readLog } from './read-log.ts';

const MANY = 5;

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.stop());

/** Reads the whole log. Gives the calls that stay open, and how many had a start. */
async function readAll() {
  const open = createOpenCalls();
  let started = 0;
  const readers = await readLog(
    await world.connect('enforcer'),
    (call) => {
      open.started(call, 0);
      started++;
    },
    (callId) => open.ended(callId),
    () => open.size,
    MANY,
  );
  return { open, readers, started: () => started };
}

describe('the log of calls', () => {
  it('is read with all that has ended since, and what has not stays open', async () => {
    for (let n = 0; n < 60; n++) await storeDispatch(world.mcp, `c${n}`, 'i1');
    for (let n = 0; n < 60; n++) if (n !== 50) await storeSuccess(world.mcp, `c${n}`, 'i1');
    const { open, readers, started } = await readAll();
    await expect.poll(started).toBe(60);
    await readers.ends.caughtUp(Date.now() + 5_000);
    expect(open.of('i1').map(({ call_id }) => call_id)).toEqual(['c50']);
    await readers.stop();
  });

  it('is read on where more calls than that are really open', async () => {
    for (let n = 0; n < 30; n++) await storeDispatch(world.mcp, `c${n}`, 'i1');
    const { open, readers } = await readAll();
    await expect.poll(() => open.size, { timeout: 10_000 }).toBe(30);
    await readers.stop();
  });

  it('has no open call where a message only passed or was refused, and none that nobody can read', async () => {
    const data = { call_id: 'p1', instance: 'i1', server: 'files', principal: 'ann', method: 'tasks/get' };
    const event = createEvent({
      type: 'aegis.call.passed.v1',
      source: 'mcp',
      time: new Date().toISOString(),
      data,
    });
    await world.mcp.append.one({ subject: callLog('p1'), event }, Date.now() + 5_000);
    world.mcp.live.publish('aegis.log.decision.enforce.allowed', '{"dispatch":1}');
    world.mcp.live.publish(callLog('p2'), 'nonsense');
    await storeDispatch(world.mcp, 'p1', 'i1');
    const { open, readers } = await readAll();
    await expect.poll(() => open.size, { timeout: 10_000 }).toBe(1);
    await readers.ends.caughtUp(Date.now() + 5_000);
    expect(open.of('i1').map(({ call_id }) => call_id)).toEqual(['p1']);
    await readers.stop();
  });
});
