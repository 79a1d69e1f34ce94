import { expect, it } from 'vitest';
import type { AskUpstream } from '../api.ts';
import { tool } from '../testkit/upstream.ts';
import { createDefinitions, type Definitions } from './definitions.ts';

const LEGACY = { isModern: false, envelope: {} };
const MODERN = { isModern: true, envelope: { _meta: {} } };
const pins = {
  start: async () => true,
  stop: async () => undefined,
  problem: undefined,
  see: () => undefined,
  status: () => ({ counts: true }) as const,
};

function world(ask: AskUpstream, callWaitsMs?: number) {
  let nowMs = 0;
  const asked: Record<string, unknown>[] = [];
  const definitions: Definitions = createDefinitions({
    server: 'files',
    principal: 'os-user:ann',
    pins,
    refused: () => undefined,
    now: () => new Date(nowMs),
    ...(callWaitsMs === undefined ? {} : { callWaitsMs }),
    askUpstream: (method, params, signal) => {
      asked.push(params);
      return ask(method, params, signal);
    },
  });
  const later = (ms: number) => void (nowMs += ms);
  return { definitions, asked, later };
}
const lists = (...names: string[]) => ({ tools: names.map((name) => tool(name)) });

it.each([
  [0, 5_000],
  [undefined, 60_000],
  [20_000, 20_000],
  [3_600_000, 60_000],
])('a modern list with ttlMs %s is read again after %s ms', async (ttlMs, afterMs) => {
  const { definitions, asked, later } = world(async () => ({ ...lists('read'), ttlMs }));
  await definitions.of('read', MODERN);
  later(afterMs - 1);
  await definitions.of('read', MODERN);
  expect(asked).toHaveLength(1);
  later(1);
  await definitions.of('read', MODERN);
  expect(asked).toHaveLength(2);
});

it('an older server says itself when its list has changed', async () => {
  const { definitions, asked, later } = world(async () => lists('read'));
  await definitions.of('read', LEGACY);
  later(3_600_000);
  await definitions.of('read', LEGACY);
  expect(asked).toHaveLength(1);
  definitions.forget();
  await definitions.of('read', LEGACY);
  expect(asked).toHaveLength(2);
});

it('calls that come at once wait for one reading', async () => {
  const { definitions, asked } = world(async () => lists('read', 'write'));
  await Promise.all(['read', 'write', 'drop'].map((name) => definitions.of(name, LEGACY)));
  expect(asked).toHaveLength(1);
});

it('a list that changed while it was read is read again for the next call', async () => {
  const { definitions, asked } = world(async () => {
    if (asked.length === 1) definitions.forget();
    return lists('read');
  });
  await definitions.of('read', LEGACY);
  await definitions.of('read', LEGACY);
  expect(asked).toHaveLength(2);
});

it.each([
  ['never ends', async () => ({ ...lists('a'), nextCursor: 'again' })],
  ['is endless on one page', async () => lists(...Array.from({ length: 10_001 }, (_, i) => `t${i}`))],
  ['is nonsense', async () => ({ tools: 'read' })],
  ['is nothing', async () => null],
])('a list that %s is no list', async (_, ask) => {
  const { definitions, asked } = world(ask);
  await expect(definitions.of('b', LEGACY)).rejects.toMatchObject({ code: 'mcp_unavailable' });
  expect(asked.length).toBeLessThanOrEqual(100);
});

/** A server whose pages are these, by the cursor that is asked for; one that it doesn't know gets the first page. */
const paged = (of: (cursor: unknown) => object) => world(async (_method, { cursor }) => of(cursor));

it.each([
  ['an empty cursor', () => ({ ...lists('read'), nextCursor: '' })],
  ['a cursor of null', () => ({ ...lists('read'), nextCursor: null })],
  ['what is no cursor', () => ({ ...lists('read'), nextCursor: { page: 2 } })],
])('%s ends a list', async (_, of) => {
  const { definitions, asked } = paged(of);
  expect(await definitions.of('read', LEGACY)).toMatchObject({ type: 'listed' });
  expect(await definitions.of('write', LEGACY)).toEqual({ type: 'unknown' });
  expect(asked).toHaveLength(2);
});

it('a cursor may be a number, and goes back as it came', async () => {
  const { definitions, asked } = paged((cursor) =>
    cursor === 2 ? lists('write') : { ...lists('read'), nextCursor: 2 },
  );
  expect(await definitions.of('write', LEGACY)).toMatchObject({ type: 'listed' });
  expect(asked).toEqual([{}, { cursor: 2 }]);
});

it.each([
  ['the same cursor again', () => ({ ...lists('read'), nextCursor: 'a' }), 2],
  [
    'cursors in a circle',
    (cursor: unknown) => ({ ...lists('read'), nextCursor: cursor === 'a' ? 'b' : 'a' }),
    3,
  ],
  [
    'a new cursor for ever',
    (cursor: unknown) => ({ ...lists('read'), nextCursor: `${String(cursor)}x` }),
    100,
  ],
])('%s ends a list, and what was found until then counts', async (_, of, times) => {
  const { definitions, asked } = paged(of);
  expect(await definitions.of('read', LEGACY)).toMatchObject({ type: 'listed' });
  expect(asked).toHaveLength(times);
  await expect(definitions.of('write', LEGACY)).rejects.toThrow('this tool is not in what came');
});

it.each([
  [
    'an error',
    () => Promise.reject(new Error('Invalid cursor.')),
    'can not be read to its end: Invalid cursor, and',
  ],
  ['null', () => Promise.resolve(null), 'can not be read to its end: '],
])('%s in the place of a later page leaves what came, and is asked for again', async (_, later, why) => {
  let isMended = false;
  const { definitions } = world(async (_method, { cursor }) => {
    if (cursor === undefined) return { ...lists('read'), nextCursor: 'x' };
    return isMended ? lists('write') : await later();
  });
  expect(await definitions.of('read', LEGACY)).toMatchObject({ type: 'listed' });
  await expect(definitions.of('write', LEGACY)).rejects.toThrow(why);
  isMended = true;
  expect(await definitions.of('write', LEGACY)).toMatchObject({ type: 'listed' });
});

it('a list that takes long keeps a call no longer than it may, and is there for a later one', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const { definitions, asked } = world(() => promise, 1);
  await expect(definitions.of('read', LEGACY)).rejects.toThrow('and is still waited for');
  resolve(lists('read'));
  await expect
    .poll(() => definitions.of('read', LEGACY).catch(() => undefined))
    .toMatchObject({ type: 'listed' });
  expect(asked).toHaveLength(1);
});

it('says why a list can not be read', async () => {
  const { definitions } = world(async () => {
    throw new Error('The server ended.');
  });
  await expect(definitions.of('read', LEGACY)).rejects.toThrow('can not be read: The server ended.');
});

it('what the client lists is as long as a list may be, however many definitions one tool has', async () => {
  const { definitions, asked } = world(async () => lists('read'));
  const many = Array.from({ length: 100_000 }, (_, i) => ({ name: 'read', i }));
  const began = Date.now();
  definitions.page({ tools: many.slice(0, 10_000) }, true);
  await definitions.of('read', LEGACY);
  expect(asked).toHaveLength(0);
  definitions.page({ tools: many }, false);
  expect(Date.now() - began).toBeLessThan(5_000);
  await definitions.of('read', LEGACY);
  expect(asked).toHaveLength(1);
});

it('a server that never answers is returned up when the gate closes', async () => {
  const { definitions } = world(() => new Promise(() => undefined));
  const found = definitions.of('read', LEGACY);
  definitions.close();
  await expect(found).rejects.toMatchObject({ code: 'mcp_unavailable' });
});
