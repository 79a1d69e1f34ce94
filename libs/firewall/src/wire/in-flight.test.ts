import { expect, it } from 'vitest';
import { createInFlight, MAX_IN_FLIGHT } from './in-flight.ts';

it('ends a request once, under exactly its id', () => {
  const inFlight = createInFlight();
  expect(inFlight.open(2)).toBe(true);
  for (const id of ['2', ' 2.0 ', '0x2', 3]) expect(inFlight.close(id)).toBe(false);
  expect(inFlight.has(2)).toBe(true);
  expect(inFlight.close(2)).toBe(true);
  expect(inFlight.close(2)).toBe(false);
  expect(inFlight.size).toBe(0);
});

it('refuses an id that waits, or that a careless reader takes for one that waits', () => {
  const inFlight = createInFlight();
  inFlight.open(1);
  inFlight.open('a');
  expect([inFlight.open(1), inFlight.open('1'), inFlight.open('a')]).toEqual([false, false, false]);
  inFlight.close(1);
  expect([inFlight.open('1'), inFlight.open(1)]).toEqual([true, false]);
});

it('lets only so many requests wait', () => {
  const inFlight = createInFlight();
  for (let id = 0; id < MAX_IN_FLIGHT; id++) expect(inFlight.open(id)).toBe(true);
  expect(inFlight.open('one more')).toBe(false);
  inFlight.close(5);
  expect(inFlight.open('one more')).toBe(true);
});

it('takes ids that are names of object members', () => {
  const inFlight = createInFlight();
  for (const id of ['__proto__', 'constructor', '']) {
    expect(inFlight.close(id)).toBe(false);
    expect(inFlight.open(id)).toBe(true);
    expect(inFlight.close(id)).toBe(true);
  }
});

it('a newest one takes the place of the one that waits longest, or of its own id', () => {
  const inFlight = createInFlight(2);
  for (const id of ['a', 'b', 'a', 'c']) inFlight.openNewest(id);
  expect(inFlight.size).toBe(2);
  expect([inFlight.has('a'), inFlight.has('b'), inFlight.has('c')]).toEqual([true, false, true]);
});
