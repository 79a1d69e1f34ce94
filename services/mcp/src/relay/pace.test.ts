import { createPresence } from '@aegis/kit/turns';
import { expect, it } from 'vitest';
import { createPace } from './pace.ts';

it('a connection that took much rests while others are about, at most ten seconds', () => {
  const presence = createPresence();
  const pace = createPace(presence);
  expect(pace(50)).toBe(0);
  createPace(presence)(1);
  expect([pace(1), pace(50), pace(5_000)]).toEqual([0, 1_000, 10_000]);
});
