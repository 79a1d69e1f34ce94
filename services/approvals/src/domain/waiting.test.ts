import { expect, it } from 'vitest';
import { givenFor } from '../testkit/given.ts';
import { at } from '../testkit/states.ts';
import { type Join, waitingLists } from './waiting.ts';

const given = givenFor(waitingLists);
const join = (approval_id: string, limit = 50, over: string[] = [], principal = 'me'): Join => ({
  now: at(0),
  principal,
  approval_id,
  over,
  limit,
});
const waits = (...approval_ids: string[]) => ({
  event: { type: 'aegis.agent.waiting.v1' as const, data: { principal: 'me', approval_ids } },
});

it('what is over makes room, and nothing else does', () => {
  given().when(join('a')).comesTo(waits('a'));
  const three = given().after(join('a'), join('b'), join('c'));
  expect(three.state).toEqual({ principal: 'me', approval_ids: ['a', 'b', 'c'] });
  three.when(join('d')).comesTo(waits('a', 'b', 'c', 'd'));
  three.when(join('d', 3, ['b'])).comesTo(waits('a', 'c', 'd'));
  three.when(join('d', 3, ['x'])).comesTo({ because: expect.stringContaining('3 calls') as string });
});

it('an agent is told its limit, and what it may do about it', () => {
  const full = given({
    type: 'aegis.agent.waiting.v1',
    data: { principal: 'key:laptop', approval_ids: Array.from({ length: 50 }, (_, i) => `apr_${i}`) },
  });
  full.when(join('d', 50, [], 'key:laptop')).comesTo({
    because:
      'key:laptop has 50 calls waiting for people already, which is the limit: wait until some are decided, or cancel them',
  });
});
