import { makeKey } from '@aegis/kit/keys';
import { describe, expect, it } from 'vitest';
import { createPeople, decide, draw, giveGrant, type People } from '../testkit/people.ts';
import {
  CODE,
  call,
  cancel,
  codeOf,
  complete,
  consume,
  get,
  request,
  startReplica,
  useWorld,
} from '../testkit/world.ts';

useWorld();

async function startWithPeople(): Promise<People> {
  const people = await createPeople();
  await startReplica(people.env);
  return people;
}
const FINANCE = { terms: { approvers: ['finance'] } };

describe('an approver', () => {
  it('decides by their own key, and their name and reason are on record', async () => {
    const { keys } = await startWithPeople();
    const { approval_id } = await request('key');
    const reply = await decide(keys.ada, 'key', 'approve', { reason: 'seen' });
    expect(reply).toMatchObject({ counted: true, approval: { status: 'approved', decided_by: 'ada' } });
    expect(await get(approval_id)).toEqual(reply.approval);
    const other = await request('other', call(1));
    await decide(keys.bob, other.approval_id, 'deny', { reason: 'no receipt' });
    expect(await get('other')).toMatchObject({ decided_by: 'bob', denied_because: 'no receipt' });
  });

  it('who comes second is told who was first, and changes nothing', async () => {
    const { keys } = await startWithPeople();
    const asked = await request('key');
    const { approval, revision } = await decide(keys.ada, 'key');
    expect(await decide(keys.bob, 'key', 'deny')).toEqual({
      approval,
      revision,
      counted: false,
      because: `Approval ${asked.approval_id} was approved by ada`,
    });
    expect((await consume(asked)).consumed).toBe(true);
  });

  it('decides only where their rule names them or their role', async () => {
    const { keys } = await startWithPeople();
    await request('key', call(), FINANCE);
    for (const secret of [keys.cyd, keys.dee, CODE]) {
      expect(await codeOf(decide(secret, 'key'))).toBe('not_an_approver');
      expect(await codeOf(decide(secret, 'key', 'deny'))).toBe('not_an_approver');
    }
    expect((await get('key')).status).toBe('pending');
    expect((await decide(keys.bob, 'key')).approval.status).toBe('approved');
  });

  it('never decides a call of their own', async () => {
    const { keys } = await startWithPeople();
    await request('hers', call(100, 'key:ada'));
    await request('laptop', call(100, 'key:laptop'));
    expect(await codeOf(decide(keys.ada, 'hers'))).toBe('not_an_approver');
    expect(await codeOf(decide(keys.eve, 'laptop'))).toBe('not_an_approver');
    expect((await decide(keys.ada, 'laptop')).counted).toBe(true);
  });

  it('has to say why where the rule asks for it', async () => {
    const { keys } = await startWithPeople();
    await request('key', call(), { terms: { require_reason: true } });
    expect(await codeOf(decide(keys.ada, 'key', 'deny', { reason: ' ' }))).toBe('invalid_request');
    expect(await codeOf(complete('key'))).toBe('invalid_request');
    expect((await get('key')).status).toBe('pending');
    expect((await decide(keys.ada, 'key', 'deny', { reason: 'too much' })).counted).toBe(true);
  });
});

describe('where two people are needed', () => {
  it('the call runs after the second one, not after the first one twice', async () => {
    const { keys } = await startWithPeople();
    const asked = await request('key', call(), { terms: { quorum: 2, approvers: ['finance'] } });
    expect((await decide(keys.ada, 'key')).approval).toMatchObject({
      status: 'pending',
      endorsements: [{ by: 'ada' }],
    });
    expect(await decide(keys.ada, 'key')).toMatchObject({ counted: false, because: /has said yes already/ });
    expect((await consume(asked)).because).toMatch(/is pending/);
    expect((await decide(keys.eve, 'key')).approval).toMatchObject({ status: 'approved', decided_by: 'eve' });
  });

  it('and both come at once, on two replicas, both count', async () => {
    const people = await startWithPeople();
    await startReplica(people.env);
    for (let round = 0; round < 10; round++) {
      const { approval_id } = await request(`key-${round}`, call(), { terms: { quorum: 2 } });
      const { ada, bob } = people.keys;
      const replies = await Promise.all([ada, ada, bob, bob].map((key) => decide(key, approval_id)));
      expect(replies.filter(({ counted }) => counted)).toHaveLength(2);
      const { status, endorsements = [] } = await get(approval_id);
      expect([status, ...endorsements.map(({ by }) => by).toSorted()]).toEqual(['approved', 'ada', 'bob']);
    }
  });

  it('nobody is two: not by their own key and the code, and not once they are no approver any more', async () => {
    const { keys, without } = await startWithPeople();
    const { approval_id } = await request('key', call(), { terms: { quorum: 2 } });
    await decide(keys.ada, 'key');
    expect(await codeOf(decide(CODE, 'key'))).toBe('not_an_approver');
    expect(await codeOf(complete('key'))).toBe('not_an_approver');
    await without('ada');
    await expect.poll(() => codeOf(decide(keys.ada, 'key'))).toBe('unauthorized');
    expect((await decide(keys.bob, 'key')).approval).toMatchObject({
      status: 'pending',
      endorsements: [{ by: 'bob' }],
    });
    expect((await decide(keys.cyd, approval_id)).approval.status).toBe('approved');
  });

  it('one no is enough', async () => {
    const { keys } = await startWithPeople();
    await request('key', call(), { terms: { quorum: 2 } });
    await decide(keys.ada, 'key');
    await decide(keys.bob, 'key', 'deny');
    expect((await get('key')).status).toBe('denied');
    expect((await decide(keys.cyd, 'key')).counted).toBe(false);
  });
});

describe('a key that ever named another call', () => {
  const [seen, other] = [call(), call(9_900)];
  const asked = async (of: typeof seen): Promise<void> => {
    const { approval_id, call: its } = await request('key', of);
    await cancel(approval_id, its.principal);
  };
  it.each([
    ['just before', () => asked(seen)],
    ['before the same was asked twice', () => asked(seen).then(() => asked(other))],
    ['after it was asked before', () => asked(other).then(() => asked(seen))],
    ['of another caller, which is over', () => asked(call(100, 'you'))],
    ['of another caller, which waits', async () => void (await request('key', call(100, 'you')))],
  ])(
    '%s, is no way to decide or to give a grant: somebody may mean the one that they saw',
    async (_, before) => {
      const { keys } = await startWithPeople();
      await before();
      const unseen = await request('key', other);
      expect(await codeOf(decide(keys.ada, 'key'))).toBe('dry_run_id_ambiguous');
      expect(await codeOf(decide(keys.ada, 'key', 'deny'))).toBe('dry_run_id_ambiguous');
      expect(await codeOf(complete('key'))).toBe('dry_run_id_ambiguous');
      expect(await codeOf(draw(keys.ada, 'key'))).toBe('dry_run_id_ambiguous');
      expect(await codeOf(giveGrant(keys.ada, 'key'))).toBe('dry_run_id_ambiguous');
      expect((await get(unseen.approval_id)).status).toBe('pending');
      expect(await giveGrant(keys.ada, unseen.approval_id)).toMatchObject({ granted_by: 'ada' });
    },
  );

  it('and never did, is one, however often the call was asked', async () => {
    const { keys } = await startWithPeople();
    await asked(seen);
    await request('key', seen);
    expect(await giveGrant(keys.ada, 'key')).toMatchObject({ granted_by: 'ada' });
  });
});

describe('a state that was seen', () => {
  it('is what counts: after a change one has to look again, and what is over says so', async () => {
    const { keys } = await startWithPeople();
    await request('key', call(), { terms: { quorum: 2 } });
    const { revision } = await decide(keys.ada, 'key');
    const stale = { revision: revision - 1 };
    expect(await codeOf(decide(keys.bob, 'key', 'approve', stale))).toBe('precondition_failed');
    expect((await get('key')).status).toBe('pending');
    expect((await decide(keys.bob, 'key', 'approve', { revision })).counted).toBe(true);
    expect(await decide(keys.cyd, 'key', 'deny', stale)).toMatchObject({ counted: false });
  });
});

describe('who is no approver', () => {
  it('decides nothing: with another key, none, or a key of long ago', async () => {
    const { keys, without } = await startWithPeople();
    await request('key');
    for (const secret of [makeKey('aegis_approver'), makeKey('aegis'), `${keys.ada}x`, 'ada']) {
      expect(await codeOf(decide(secret, 'key'))).toBe('unauthorized');
    }
    await without('ada');
    await expect.poll(() => codeOf(decide(keys.ada, 'key', 'deny', { revision: 1 }))).toBe('unauthorized');
    expect((await get('key')).status).toBe('pending');
    expect((await decide(keys.bob, 'key')).counted).toBe(true);
  });

  it('does not guess: five wrong codes a minute from one source, and a wrong one denies nothing', async () => {
    await startWithPeople();
    await request('key');
    const wrong = await Promise.all(Array.from({ length: 8 }, () => codeOf(decide('wrong-code', 'key'))));
    expect(wrong.filter((one) => one === 'unauthorized')).toHaveLength(5);
    expect(wrong.filter((one) => one === 'too_many_attempts')).toHaveLength(3);
    expect(await codeOf(decide(CODE, 'key'))).toBe('too_many_attempts');
    expect(await codeOf(complete('key'))).toBe('too_many_attempts');
    const elsewhere = { credential: { secret: CODE, source: '10.0.0.2' } };
    expect((await decide('', 'key', 'approve', elsewhere)).approval.status).toBe('approved');
  });
});
