import { createEvent } from '@aegis/contracts/create-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Append, Fact } from './append.ts';
import { createGroupCommit } from './commit.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const fact = (id: string): Fact => ({
  subject: `aegis.log.call.${id}`,
  event: createEvent({
    type: 'aegis.call.refused.v1',
    source: 'mcp',
    time: '2030-01-01T12:00:00.000Z',
    data: {
      call_id: id,
      instance: 'one',
      server: 'files',
      principal: 'x',
      because: 'odd',
      message_bytes: 1,
      message_digest: DIGEST,
    },
  }),
  expect: 0,
});

/** Facts that nobody waits for. */
const TOGETHER = { lingerMs: 100, worthABatch: 2, largestBatch: 128 };

/** What was written: each inner list is one durable write. */
function log(refuses: (facts: readonly Fact[]) => boolean = () => false) {
  const writes: string[][] = [];
  const write = async (facts: readonly Fact[]) => {
    if (refuses(facts)) throw new Error('refused');
    writes.push(facts.map(({ subject }) => subject.split('.').at(-1) ?? ''));
    return { seq: writes.length };
  };
  const append: Pick<Append, 'one' | 'all'> = {
    one: (one) => write([one]),
    all: (all) => write(all),
  };
  return { writes, append };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('facts of one moment share a durable write', async () => {
  const { writes, append } = log();
  const together = createGroupCommit(append, TOGETHER);
  const stored = ['a', 'b', 'c'].map((id) => together.store(fact(id), Date.now() + 1_000));
  expect(writes).toEqual([]);
  await vi.runAllTimersAsync();
  await Promise.all(stored);
  expect(writes).toEqual([['a', 'b', 'c']]);
});

it('where one of them is refused, the others are stored all the same', async () => {
  const { writes, append } = log((facts) => facts.some(({ subject }) => subject.endsWith('.b')));
  const together = createGroupCommit(append, TOGETHER);
  const stored = Promise.allSettled(
    ['a', 'b', 'c'].map((id) => together.store(fact(id), Date.now() + 1_000)),
  );
  await vi.runAllTimersAsync();
  expect((await stored).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(writes).toEqual([['a'], ['c']]);
});

it('a flush waits for nothing, then and later', async () => {
  const { writes, append } = log();
  const together = createGroupCommit(append, TOGETHER);
  const stored = [
    together.store(fact('a'), Date.now() + 1_000),
    together.store(fact('b'), Date.now() + 1_000),
  ];
  together.flush();
  stored.push(together.store(fact('c'), Date.now() + 1_000));
  await Promise.all(stored);
  expect(writes).toEqual([['a', 'b'], ['c']]);
});

it('many are written in several goes', async () => {
  const { writes, append } = log();
  const together = createGroupCommit(append, TOGETHER);
  const ids = Array.from({ length: 300 }, (_, index) => `n${index}`);
  const stored = Promise.all(ids.map((id) => together.store(fact(id), Date.now() + 1_000)));
  await vi.runAllTimersAsync();
  await stored;
  expect(writes.flat()).toEqual(ids);
  expect(Math.max(...writes.map((one) => one.length))).toBe(128);
});

it('without a time to linger, few go singly and at once, and many of one turn together', async () => {
  vi.useRealTimers();
  const { writes, append } = log();
  const commit = createGroupCommit(append);
  const store = (ids: string[]) => Promise.all(ids.map((id) => commit.store(fact(id), Date.now() + 1_000)));
  await store(['a', 'b']);
  expect(writes).toEqual([['a'], ['b']]);
  const many = Array.from({ length: 9 }, (_, index) => `n${index}`);
  await store(many);
  expect(writes.slice(2)).toEqual([many]);
});

it('gives each fact of a batch its own place in the log', async () => {
  const { append } = log();
  const together = createGroupCommit({ ...append, all: async () => ({ seq: 12 }) }, TOGETHER);
  const stored = Promise.all(['a', 'b', 'c'].map((id) => together.store(fact(id), Date.now() + 1_000)));
  await vi.runAllTimersAsync();
  expect((await stored).map(({ seq }) => seq)).toEqual([10, 11, 12]);
});

it('stores nothing whose deadline has passed', async () => {
  const { writes, append } = log();
  const together = createGroupCommit(append, TOGETHER);
  const late = together.store(fact('late'), Date.now() + 10);
  const stored = Promise.allSettled([late, together.store(fact('b'), Date.now() + 1_000)]);
  await vi.runAllTimersAsync();
  expect((await stored).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  expect(writes).toEqual([['b']]);
});
