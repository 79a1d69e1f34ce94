import { beforeEach, expect, it } from 'vitest';
import { createStorage, NoRoom, type NotStored, type Storage } from './storage.ts';

const FULL = 'The disk is full.';
let known: string | undefined;
let reconnect: () => void;
let storage: Storage;
beforeEach(() => {
  known = undefined;
  storage = createStorage({ onUp }, { error: () => undefined }, () => known);
});

function onUp(listener: () => void) {
  reconnect = listener;
  return () => undefined;
}

const stored = () => storage.watched(() => Promise.resolve('stored'));
const unconfirmed = (): Promise<NotStored> =>
  storage.watched(() => Promise.reject(storage.late())).catch((thrown: NotStored) => thrown);

it('a write that nobody confirmed is a problem until one is stored', async () => {
  expect(storage.problem).toBeUndefined();
  expect((await unconfirmed()).code).toBe('storage_unavailable');
  expect(storage.problem).toMatch(/^The event log did not confirm in time: /);
  await stored();
  expect(storage.problem).toBeUndefined();
});

it('what was so before the server was started anew says nothing of it', async () => {
  await unconfirmed();
  storage.hasNoRoom(new NoRoom({}));
  expect(storage.problem).toBeDefined();
  reconnect();
  expect(storage.problem).toBeUndefined();
});

it('where it is known that nothing can be stored, nothing is tried, and the reason is said', async () => {
  known = FULL;
  let tried = false;
  const writing = storage.watched(() => {
    tried = true;
    return stored();
  });
  await expect(writing).rejects.toMatchObject({ code: 'storage_unavailable', message: FULL });
  expect([tried, storage.problem]).toEqual([false, FULL]);
  known = undefined;
  expect([await stored(), storage.problem]).toEqual(['stored', undefined]);
});

it('a write that was on its way when that became known says it too', async () => {
  const asked = storage.watched(async () => {
    known = FULL;
    throw storage.late();
  });
  await expect(asked).rejects.toThrow(FULL);
});

it('a write that lost a race says nothing of the storage', async () => {
  const lost = storage.watched(() => Promise.reject(new Error('somebody was first')));
  await expect(lost).rejects.toThrow('first');
  expect(storage.problem).toBeUndefined();
});
