import { expect, it } from 'vitest';
import { Unavailable } from './connection.ts';
import { whoGivesWay } from './session-room.ts';

let uses = 0;
const of = (principal: string, count: number, isBusy = false) =>
  Array.from({ length: count }, () => ({
    connection: { principal, isIdle: () => !isBusy },
    lastUsedMs: ++uses,
  }));
const MOST = 20;

it('as long as there is room nobody loses a session', () => {
  expect(whoGivesWay(of('key:ada', 14), 'key:ada', MOST)).toBeUndefined();
  expect(whoGivesWay(of('key:ada', 19, true), 'key:bob', MOST)).toBeUndefined();
  expect(whoGivesWay(of('anonymous', 19, true), 'anonymous', MOST)).toBeUndefined();
});

it('who keeps all of theirs busy ends nobody else’s, has none of the last quarter, and others begin', () => {
  const [busy, bob] = [of('key:ada', 14, true), of('key:bob', 1)];
  const all = [...busy, ...bob];
  expect(() => whoGivesWay(all, 'key:ada', MOST)).toThrow(Unavailable);
  expect(whoGivesWay(all, 'key:cyd', MOST)).toBeUndefined();
  expect(whoGivesWay([...all, ...of('key:cyd', 5)], 'key:bob', MOST)?.connection.principal).toBe('key:cyd');
});

it('who has the most loses the one that was idle longest', () => {
  const [bob, ada] = [of('key:bob', 5), of('key:ada', 15)];
  expect(whoGivesWay([...bob, ...ada], 'key:bob', MOST)).toBe(ada[0]);
  expect(whoGivesWay([...bob, ...ada], 'key:cyd', MOST)).toBe(ada[0]);
  expect(whoGivesWay([...bob, ...ada], 'key:ada', MOST)).toBe(ada[0]);
});

it('nobody loses the only one that they have', () => {
  const all = Array.from({ length: MOST }, (_, n) => of(`key:${n}`, 1)).flat();
  expect(() => whoGivesWay(all, 'key:ada', MOST)).toThrow(Unavailable);
});

it('where nobody has a key the one that was idle longest makes room', () => {
  const [idle, busy] = [of('anonymous', 2), of('anonymous', 18, true)];
  expect(whoGivesWay([...busy, ...idle], 'anonymous', MOST)).toBe(idle[0]);
  expect(() => whoGivesWay(of('anonymous', MOST, true), 'anonymous', MOST)).toThrow(Unavailable);
});
