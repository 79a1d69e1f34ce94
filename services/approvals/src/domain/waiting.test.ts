import { expect, it } from 'vitest';
import { joined, stillWaiting, tooMany } from './waiting.ts';

it('what is over makes room, and nothing else does', () => {
  const waiting = joined(undefined, 'me', ['a', 'b', 'c'], 'd');
  expect(waiting).toEqual({ principal: 'me', approval_ids: ['a', 'b', 'c', 'd'] });
  expect(stillWaiting(waiting, (id) => id === 'b')).toEqual(['a', 'c', 'd']);
  expect(stillWaiting(waiting, () => false)).toEqual(['a', 'b', 'c', 'd']);
  expect(stillWaiting(undefined, () => false)).toEqual([]);
});

it('an agent is told its limit, and what it may do about it', () => {
  expect(tooMany('key:laptop', 50)).toBe(
    'key:laptop has 50 calls waiting for people already, which is the limit: wait until some are decided, or cancel them',
  );
});
