import { describe, expect, it } from 'vitest';
import { createPeople, giveGrant, listGrants, type People } from '../testkit/people.ts';
import { publish, REFUNDS, RULES } from '../testkit/policies.ts';
import { CODE, call, request, startReplica, useWorld } from '../testkit/world.ts';

useWorld();

/** Refunds of up to one euro, whatever is bought. */
const UP_TO_100 = { tool: 'refunds.create', max_amount_cents: 100, args: { cents: { any: true } } } as const;
const refund = (cents: number, stated?: number) => ({
  tool: 'refunds.create',
  ...(stated === undefined ? {} : { amount_cents: stated }),
  args: { cents },
  principal: 'me',
});

async function startWithPeople(): Promise<People> {
  const people = await createPeople();
  await startReplica(people.env);
  return people;
}

describe('a grant stands on the rule that it was given under', () => {
  it('and ends when another one asks about its calls', async () => {
    const { keys } = await startWithPeople();
    const before = { ...REFUNDS, policy_digest: await publish(RULES) };
    const first = await request('first', call(), before);
    await giveGrant(keys.ada, first.approval_id);
    expect((await request('like', call(), before)).status).toBe('approved');
    const stricter = [{ match: 'refunds.*', decision: 'review', description: 'each time' }, ...RULES];
    const after = { rule: { index: 0, match: 'refunds.*' }, policy_digest: await publish(stricter) };
    expect((await request('next', call(), after)).status).toBe('pending');
    await expect.poll(() => listGrants(CODE, true)).toEqual([]);
    const over_because = expect.stringMatching(
      /^the policy has changed since it was given: its rule has changed/,
    );
    expect(await listGrants(CODE)).toMatchObject([{ revoked_by: 'the policy', over_because }]);
  });

  it('and goes on when only a later rule changes; another rule of the same policy is not its own', async () => {
    const { keys } = await startWithPeople();
    const before = { ...REFUNDS, policy_digest: await publish(RULES) };
    await giveGrant(keys.ada, (await request('first', call(), before)).approval_id);
    const after = { ...REFUNDS, policy_digest: await publish([...RULES, { match: 'x', decision: 'deny' }]) };
    expect((await request('like', call(), after)).status).toBe('approved');
    const other = { ...after, rule: { index: 2, match: '*' } };
    expect((await request('other', call(), other)).status).toBe('pending');
  });
});

it('a grant ends with its giver: who is no approver any more lets nothing run', async () => {
  const { keys, without } = await startWithPeople();
  await giveGrant(keys.ada, (await request('first')).approval_id);
  expect((await request('like')).status).toBe('approved');
  expect((await listGrants(CODE, true))[0]).not.toHaveProperty('over_because');
  await without('ada');
  await expect.poll(() => listGrants(CODE, true)).toEqual([]);
  const [over] = await listGrants(CODE);
  expect([over?.over_because, over?.revoked_at]).toEqual([
    'ada is no approver any more, or has another key since',
    undefined,
  ]);
  expect((await request('next')).status).toBe('pending');
});

it('a grant goes by the amount that the rule took from the arguments, whatever the agent states', async () => {
  const { keys } = await startWithPeople();
  const first = await request('first', refund(50), { ruled: { amount_cents: 50 } });
  const grant = await giveGrant(keys.ada, first.approval_id, { pattern: UP_TO_100 });
  expect(grant.pattern.max_amount_cents).toBe(100);
  const misstated = await request('more', refund(9_999_999, 1), { ruled: { amount_cents: 9_999_999 } });
  expect(misstated).toMatchObject({ status: 'pending', ruled: { amount_cents: 9_999_999 } });
  expect((await request('less', refund(99, 5_000), { ruled: { amount_cents: 99 } })).status).toBe('approved');
});

it('a call that somebody has to look at is asked about, though a grant had approved it', async () => {
  const { keys } = await startWithPeople();
  await giveGrant(keys.ada, (await request('first')).approval_id);
  expect((await request('key')).status).toBe('approved');
  expect(await request('key', call(), { no_grant: true })).toMatchObject({
    status: 'pending',
    generation: 2,
  });
});
