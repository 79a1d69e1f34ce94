import { expect, it, vi } from 'vitest';
import { createPresence, createTurns, type EndTurn } from './turns.ts';

const LIMITS = { atOnce: 4, shared: 1, waiting: 5, waitingInAll: 8, withinMs: 60_000 };

/** Turns, with a record of who was served, in order. */
function world(limits: Partial<typeof LIMITS> = {}) {
  let now = 1_000;
  const turns = createTurns({ ...LIMITS, ...limits, presence: createPresence(() => now) });
  const served: string[] = [];
  const ends: EndTurn[] = [];
  return {
    served,
    ask: async (name: string): Promise<void> => {
      const end = await turns.take(name);
      served.push(name);
      ends.push(end);
    },
    /** Ends the oldest turn, and lets who is next begin. */
    end: async (): Promise<void> => {
      ends.shift()?.();
      await new Promise(setImmediate);
    },
    pass: (ms: number) => void (now += ms),
  };
}
const settled = () => new Promise(setImmediate);

it('who is alone has all the room there is', async () => {
  const { ask, served } = world();
  for (let n = 0; n < 9; n++) void ask('a').catch(() => undefined);
  await settled();
  expect(served).toEqual(['a', 'a', 'a', 'a']);
});

it('what waits is served one of each caller after the other, however much one of them asks', async () => {
  const { ask, served, end } = world({ atOnce: 1 });
  for (let n = 0; n < 6; n++) void ask('flood');
  for (const name of ['b', 'c']) void ask(name);
  for (let n = 0; n < 8; n++) await end();
  expect(served.slice(0, 4).toSorted()).toEqual(['b', 'c', 'flood', 'flood']);
  expect(served.slice(4)).toEqual(['flood', 'flood', 'flood', 'flood']);
});

it('who was alone gets its share only, once another is about, and all the room again when it is gone', async () => {
  const { ask, served, end, pass } = world();
  for (let n = 0; n < 9; n++) void ask('flood').catch(() => undefined);
  await settled();
  for (let n = 0; n < 3; n++) {
    void ask('other');
    await end();
  }
  expect(served.filter((name) => name === 'flood')).toHaveLength(4);
  for (let n = 0; n < 12; n++) await end();
  pass(2_000);
  served.length = 0;
  for (let n = 0; n < 5; n++) void ask('flood');
  await settled();
  expect(served).toEqual(['flood', 'flood', 'flood', 'flood']);
});

it('more than enough of one caller does not wait', async () => {
  const { ask } = world({ atOnce: 1 });
  void ask('a');
  for (let n = 0; n < 5; n++) void ask('a');
  await expect(ask('a')).rejects.toMatchObject({ code: 'too_many_requests', status: 429 });
});

it('nor of all, where nobody has more than one who comes', async () => {
  const { ask } = world({ atOnce: 1 });
  void ask('a');
  for (let n = 0; n < 8; n++) void ask(`b${n}`);
  await expect(ask('c')).rejects.toMatchObject({ code: 'too_many_requests', retryAfterS: 1 });
});

it('where all places to wait are taken, whoever has the most of them gives one to who has none', async () => {
  const { ask, served, end } = world({ atOnce: 1 });
  void ask('a');
  const floods = ['flood', 'more'].flatMap((name) => [0, 1, 2, 3].map(() => ask(name)));
  const settledFloods = Promise.allSettled(floods);
  const other = ask('other');
  for (let n = 0; n < 9; n++) await end();
  await other;
  expect(served.slice(1, 4).toSorted()).toEqual(['flood', 'more', 'other']);
  const refused = (await settledFloods).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(1);
});

it('nobody waits for ever, and who gave up takes no turn', async () => {
  const { ask, served, end } = world({ atOnce: 1, withinMs: 5 });
  await ask('a');
  await expect(ask('b')).rejects.toMatchObject({ code: 'too_many_requests' });
  await end();
  await ask('c');
  expect(served).toEqual(['a', 'c']);
});

it('a turn that cost much rests while others are about, and does not where nobody is', async () => {
  const turns = createTurns({ ...LIMITS, presence: createPresence(), atOnce: 1, withinMs: 5 });
  (await turns.take('a'))(60_000);
  const end = await turns.take('a');
  await expect(Promise.resolve().then(() => turns.take('b'))).rejects.toMatchObject({
    code: 'too_many_requests',
  });
  end(60_000);
  await expect(Promise.resolve().then(() => turns.take('a'))).rejects.toMatchObject({
    code: 'too_many_requests',
  });
});

it('turns that end as they begin leave the event loop to others in between', async () => {
  const turns = createTurns({ ...LIMITS, atOnce: 1, waiting: 20, waitingInAll: 20 });
  const first = await turns.take('a');
  let served = 0;
  const serve = async (): Promise<void> => {
    const end = await turns.take('a');
    served += 1;
    end();
  };
  for (let n = 0; n < 20; n++) void serve();
  first();
  await settled();
  expect(served).toBeLessThan(20);
  await expect.poll(() => served).toBe(20);
});

it('who is refused hears it after a while, so that asking again at once is no work; so many do at most', async () => {
  vi.useFakeTimers();
  try {
    const turns = createTurns({ ...LIMITS, presence: createPresence(), atOnce: 1, waiting: 0 });
    void turns.take('a');
    let heard = 0;
    const refuse = async (): Promise<void> => {
      try {
        await turns.take('a');
      } catch (error) {
        expect(error).toMatchObject({ code: 'too_many_requests' });
        heard += 1;
      }
    };
    for (let n = 0; n < 2_000; n++) void refuse();
    await vi.advanceTimersByTimeAsync(0);
    const atOnce = heard;
    expect(atOnce).toBeGreaterThan(0);
    expect(atOnce).toBeLessThan(1_500);
    await vi.advanceTimersByTimeAsync(100);
    expect(heard).toBe(atOnce);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toBe(2_000);
  } finally {
    vi.useRealTimers();
  }
});
