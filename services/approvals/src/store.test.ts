import type { Bus, Fact } from '@aegis/bus';
import type { Envelope } from '@aegis/contracts/envelope';
import { AppError } from '@aegis/kit/errors';
import { expect, it } from 'vitest';
import type { Join } from './domain/waiting.ts';
import { WAITING_LIST } from './lifecycle/waiting.ts';
import { createStore, NOTHING } from './store.ts';
import { at } from './testkit/states.ts';

const conflict = () => new AppError('version_conflict', 'The log has a newer event on this subject.');
const id = (letter: string) => `apr_${letter.repeat(26)}`;

const join = (letter: string) => (): Join => ({
  now: at(0),
  principal: 'me',
  approval_id: id(letter),
  over: [],
  limit: 2,
});

/** A log of one subject, compare-and-set. */
function createLog() {
  const events: Envelope[] = [];
  const append = async ({ event, expect: seq }: Fact) => {
    if (seq !== events.length) throw conflict();
    events.push(event);
    return { seq: events.length };
  };
  const last = async (subject: string) =>
    events.length === 0 ? undefined : { seq: events.length, subject, event: events.at(-1) };
  const bus = { read: { last }, append: { one: append } } as unknown as Bus;
  const store = createStore(bus, WAITING_LIST);
  return { store, append, events };
}

it('where another was first, what is there by then is decided on', async () => {
  const { store, events } = createLog();
  await store.handle('me', NOTHING, join('a'), 0);
  const { state, seq } = await store.handle('me', NOTHING, join('b'), 0);
  expect([state?.approval_ids, seq]).toEqual([[id('a'), id('b')], 2]);
  const full = await store.handle('me', NOTHING, join('c'), 0);
  expect(full).toMatchObject({ seq: 2, decision: { because: expect.stringContaining('the limit') } });
  expect(events).toHaveLength(2);
});

it('three who were first are enough, and nothing is stored', async () => {
  const { store, events } = createLog();
  let tried = 0;
  const append = async () => {
    tried++;
    throw conflict();
  };
  await expect(store.handle('me', NOTHING, join('a'), 0, { append })).rejects.toThrow(/newer event/);
  expect([tried, events.length]).toEqual([3, 0]);
});

it('a conflict of the other aggregate is not tried again: whoever asked has to look', async () => {
  const { store, append } = createLog();
  let tried = 0;
  const other = async (fact: Fact) => {
    tried++;
    // First this list moves, which is another try; then only the other one.
    if (tried === 1) await append({ ...fact, expect: 0 });
    throw conflict();
  };
  const how = { append: other, isShared: true };
  await expect(store.handle('me', NOTHING, join('a'), 0, how)).rejects.toThrow(/newer event/);
  expect(tried).toBe(2);
});

it('nothing is stored where nothing is wanted any more', async () => {
  const { store, events } = createLog();
  expect(await store.handle('me', NOTHING, () => undefined, 0)).toEqual({ ...NOTHING, decision: undefined });
  expect(events).toEqual([]);
});
