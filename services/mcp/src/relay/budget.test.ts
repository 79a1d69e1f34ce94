import { expect, test } from 'vitest';
import { createBudget } from './budget.ts';

test('connections share what there is, and give back what they no longer keep', () => {
  const budget = createBudget(100);
  const [one, other] = [budget.share(), budget.share()];
  one.keep(60);
  expect(() => other.keep(50)).toThrow('Too much waits in all relays.');
  other.keep(40);
  expect(budget.take(1)).toBe(false);
  one.keep(10);
  expect(budget.take(50)).toBe(true);
  expect(() => other.keep(41)).toThrow('Too much');
  budget.give(50);
  other.keep(90);
});
