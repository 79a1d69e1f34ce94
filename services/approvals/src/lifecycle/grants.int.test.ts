import { describe, expect, it } from 'vitest';
import { grantEvents, grantFor, PATTERN, TO_ACME } from '../testkit/grants.ts';
import { createPeople, decide, giveGrant, listGrants, type People } from '../testkit/people.ts';
import { CODE, call, codeOf, consume, get, list, request, startReplica, useWorld } from '../testkit/world.ts';

useWorld();

async function startWithPeople(): Promise<People> {
  const people = await createPeople();
  await startReplica(people.env);
  return people;
}
describe('a grant', () => {
  it('approves the call that it is given for, and calls like it without a person, each use on record', async () => {
    const { keys } = await startWithPeople();
    const first = await request('key', TO_ACME);
    const grant = await giveGrant(keys.ada, first.approval_id, { pattern: PATTERN, reason: 'all day long' });
    expect(grant).toMatchObject({ principal: 'me', granted_by: 'ada', reason: 'all day long', uses: 0 });
    expect(await get('key')).toMatchObject({ status: 'approved', decided_by: 'ada' });
    const like = { ...TO_ACME, amount_cents: 99, args: { to: 'ACME', memo: 'food' } };
    const used = await request('next', like);
    expect(used).toMatchObject({ status: 'approved', decided_by: 'ada', grant_id: grant.grant_id });
    expect(await consume(used, like)).toEqual({ consumed: true });
    const events = await grantEvents();
    expect(
      events.map(
        ([
          type,
          {
            grant: { uses },
            approval_id,
          },
        ]) => [type, uses, approval_id],
      ),
    ).toEqual([
      ['aegis.grant.given.v1', 0, undefined],
      ['aegis.grant.used.v1', 1, used.approval_id],
    ]);
    expect(await listGrants(keys.bob)).toMatchObject([{ grant_id: grant.grant_id, uses: 1 }]);
  });

  it.each([
    ['of another agent', { ...TO_ACME, principal: 'you' }],
    ['over the amount', { ...TO_ACME, amount_cents: 101 }],
    ['without an amount', { tool: TO_ACME.tool, principal: 'me', args: TO_ACME.args }],
    ['with another argument', { ...TO_ACME, args: { to: 'EVIL', memo: 'rent' } }],
    ['with one argument more', { ...TO_ACME, args: { to: 'ACME', memo: '', cc: 'EVIL' } }],
    ['of another tool', { ...TO_ACME, tool: 'refunds.all' }],
  ])('covers no call %s', async (_, of) => {
    const { keys } = await startWithPeople();
    await grantFor(keys.ada);
    expect((await request('next', of)).status).toBe('pending');
  });

  it('covers nothing where somebody has to look, or where its rule asks other people by now', async () => {
    const { keys } = await startWithPeople();
    await grantFor(keys.ada);
    expect((await request('look', TO_ACME, { no_grant: true })).status).toBe('pending');
    const terms = { approvers: ['support'] };
    expect((await request('others', TO_ACME, { terms })).status).toBe('pending');
  });

  it('without a pattern is for the same call, up to its amount', async () => {
    const { keys } = await startWithPeople();
    await grantFor(keys.ada, TO_ACME, {});
    expect((await request('less', { ...TO_ACME, amount_cents: 1 })).status).toBe('approved');
    const other = { ...TO_ACME, args: { to: 'ACME', memo: 'food' } };
    expect((await request('other', other)).status).toBe('pending');
  });

  it('answers for what waits already, once it is asked again', async () => {
    const { keys } = await startWithPeople();
    const waits = await request('waits', TO_ACME);
    const grant = await grantFor(keys.ada);
    expect((await get('waits')).status).toBe('pending');
    expect(await request('waits', TO_ACME)).toMatchObject({
      approval_id: waits.approval_id,
      status: 'approved',
      grant_id: grant.grant_id,
    });
  });
});

describe('a grant is not given', () => {
  it('where the rule takes two people, by somebody who may not decide, or by a wrong key', async () => {
    const { keys } = await startWithPeople();
    const two = await request('two', call(), { terms: { quorum: 2 } });
    expect(await codeOf(giveGrant(keys.ada, two.approval_id))).toBe('invalid_request');
    const finance = await request('finance', call(1), { terms: { approvers: ['finance'] } });
    expect(await codeOf(giveGrant(keys.cyd, finance.approval_id))).toBe('not_an_approver');
    expect(await codeOf(giveGrant(`${keys.ada}x`, finance.approval_id))).toBe('unauthorized');
    const own = await request('own', call(2, 'key:ada'));
    expect(await codeOf(giveGrant(keys.ada, own.approval_id))).toBe('not_an_approver');
    expect(await listGrants(CODE)).toEqual([]);
    expect((await list({ status: 'pending' })).approvals).toHaveLength(3);
  });

  it('where its pattern does not cover the call, or the call was decided before or seen otherwise', async () => {
    const { keys } = await startWithPeople();
    const asked = await request('key', TO_ACME);
    const narrow = { pattern: { ...PATTERN, max_amount_cents: 99 } };
    expect(await codeOf(giveGrant(keys.ada, asked.approval_id, narrow))).toBe('invalid_request');
    expect(await codeOf(giveGrant(keys.ada, asked.approval_id, { revision: 1_000 }))).toBe(
      'precondition_failed',
    );
    await decide(keys.bob, 'key', 'deny');
    expect(await codeOf(giveGrant(keys.ada, asked.approval_id))).toBe('already_decided');
    expect(await listGrants(CODE)).toEqual([]);
  });
});
