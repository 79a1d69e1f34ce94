import { expect, it } from 'vitest';
import { createPlaces, type Holder } from './places.ts';

const agent = (name: string): Holder => ({ name, group: name });
const unproved = (name: string): Holder => ({ name, group: '10.0.0.1' });

it('who takes many names at an address has the most, and the oldest of its largest name gives way', () => {
  const places = createPlaces<number>();
  places.add(1, agent('key:billing'));
  places.add(2, agent('key:billing'));
  places.add(3, unproved('a'));
  places.add(4, unproved('b'));
  places.add(5, unproved('b'));
  const greediest = places.greediest();
  expect(greediest).toEqual(unproved('b'));
  expect(greediest && places.oldestOf(greediest)).toBe(4);
});

it('what is given up counts no more, once', () => {
  const places = createPlaces<number>();
  places.add(1, agent('key:a'));
  places.add(2, agent('key:a'));
  expect([places.delete(1), places.delete(1)]).toEqual([true, false]);
  expect([places.countOf(agent('key:a')), places.size, [...places.each()]]).toEqual([1, 1, [2]]);
  places.delete(2);
  expect(places.greediest()).toBeUndefined();
});
