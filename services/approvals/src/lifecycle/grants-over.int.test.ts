import { describe, expect, it } from 'vitest';
import { grantEvents, grantFor, PATTERN, TO_ACME } from '../testkit/grants.ts';
import { createPeople, giveGrant, listGrants, type People, revokeGrant } from '../testkit/people.ts';
import { publish, REFUNDS, RULES } from '../testkit/policies.ts';
import { ask, CODE, consume, get, request, startReplica, useWorld, world } from '../testkit/world.ts';

useWorld();

async function startWithPeople(): Promise<People> {
  const people = await createPeople();
  await startReplica(people.env);
  return people;
}
const useIt = async (n: number) => (await ask(`use-${n}`, TO_ACME, {}, 30_000)).approval;
/** How a call fares under this policy, asked by this rule. */
const under = async (digest: string, rule = REFUNDS) =>
  (await request(undefined, TO_ACME, { ...rule, policy_digest: digest })).status;

describe('a grant is over', () => {
  it('once it is revoked: what it approved and is not used is superseded, and the next call waits', async () => {
    const { keys } = await startWithPeople();
    const { grant_id } = await grantFor(keys.ada);
    const approved = await request('approved', TO_ACME);
    expect(await revokeGrant(keys.bob, grant_id)).toMatchObject({ revoked_by: 'bob' });
    expect(await consume(approved, TO_ACME)).toMatchObject({ consumed: false });
    await expect
      .poll(() => get('approved'))
      .toMatchObject({
        status: 'superseded',
        superseded_because: 'the grant that approved it is over',
      });
    expect((await request('next', TO_ACME)).status).toBe('pending');
    expect((await revokeGrant(keys.ada, grant_id)).revoked_by).toBe('bob');
    expect([(await listGrants(CODE, true)).length, (await listGrants(CODE, false)).length]).toEqual([0, 1]);
  });

  it('once its time is past', async () => {
    const { keys } = await startWithPeople();
    await grantFor(keys.ada, TO_ACME, { pattern: PATTERN, for_ms: 60_000 });
    const approved = await request('approved', TO_ACME);
    world.clock = () => new Date(Date.now() + 61_000);
    expect((await consume(approved, TO_ACME)).because).toMatch(/the grant that approved it is over/);
    expect((await request('next', TO_ACME)).status).toBe('pending');
  });

  it('once whoever gave it is no approver any more', async () => {
    const { keys, without } = await startWithPeople();
    await grantFor(keys.ada);
    const approved = await request('approved', TO_ACME);
    await without('ada');
    await expect.poll(async () => (await request(undefined, TO_ACME)).status).toBe('pending');
    expect(await consume(approved, TO_ACME)).toMatchObject({ consumed: false });
  });

  it('once the policy has changed in its rule; a later rule ends nothing, and another rule is not its own', async () => {
    const [secrets, refunds, all] = RULES;
    const policy_digest = await publish(RULES);
    const { keys } = await startWithPeople();
    const asked = await request(undefined, TO_ACME, { ...REFUNDS, policy_digest });
    await giveGrant(keys.ada, asked.approval_id, { pattern: PATTERN });
    const later = await publish([secrets, refunds, { ...all, decision: 'deny' }]);
    expect(await under(later)).toBe('approved');
    expect(await under(later, { rule: { index: 0, match: '*' } })).toBe('pending');
    expect(await under(await publish([secrets, { ...refunds, ops: ['refund'] }, all]))).toBe('pending');
  });

  it('at once, however many use it: nothing is approved by it after it was revoked', async () => {
    const people = await createPeople();
    await Promise.all([startReplica(people.env), startReplica(people.env)]);
    const { keys } = people;
    const { grant_id } = await grantFor(keys.ada);
    const uses = Array.from({ length: 50 }, (_, n) => useIt(n));
    // In the middle of them.
    await Promise.race(uses);
    const revoked = await revokeGrant(keys.bob, grant_id);
    const approvals = (await Promise.all(uses)).filter((one) => one !== undefined);
    expect(revoked.uses).toBeGreaterThan(0);
    const approved = approvals.filter((one) => 'grant_id' in one);
    expect(approvals.filter(({ status }) => status === 'pending')).toHaveLength(50 - approved.length);
    const events = await grantEvents();
    expect(events.at(-1)?.[0]).toBe('aegis.grant.revoked.v1');
    expect(events.filter(([type]) => type === 'aegis.grant.used.v1')).toHaveLength(approved.length);
    expect(revoked.uses).toBe(approved.length);
    const used = await Promise.all(approved.map((one) => consume(one, TO_ACME)));
    expect(used.filter(({ consumed }) => consumed)).toEqual([]);
  });
});
