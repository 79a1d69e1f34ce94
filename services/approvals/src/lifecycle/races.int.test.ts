import { isDeepStrictEqual } from 'node:util';
import { approvalsDecide, type DecideReply } from '@aegis/contracts/approvals';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { expect, it } from 'vitest';
import { recordDigest } from '../testkit/people.ts';
import { call, complete, consume, get, request, startReplica, useWorld, world } from '../testkit/world.ts';

useWorld();

const DECIDERS = 1_000;
const ROUNDS = 200;
const REDEEMERS = 1_000;
const patiently = () => ({ deadlineMs: Date.now() + 30_000 });

/** Two replicas, and a thousand people with a key each. */
async function startWithPeople(): Promise<{ name: string; key: string }[]> {
  const people = Array.from({ length: DECIDERS }, (_, i) => ({
    name: `person-${i}`,
    key: makeKey('aegis_approver'),
  }));
  await Promise.all(people.map(({ name, key }) => recordDigest(name, keyDigest(key))));
  await Promise.all([startReplica(), startReplica()]);
  return people;
}

it('a thousand people who decide one call at once: one does, the others hear who it was', async () => {
  const people = await startWithPeople();
  for (let round = 0; round < ROUNDS; round++) {
    const { approval_id } = await request(`round-${round}`, call(round));
    const replies = await Promise.all(
      people.map(({ key }, i): Promise<DecideReply> => {
        const verdict = i % 2 === 0 ? 'approve' : 'deny';
        const credential = { secret: key, source: '10.0.0.1' };
        return world.gateway.ask(approvalsDecide, { id: approval_id, verdict, credential }, patiently());
      }),
    );
    const winners = people.filter((_, i) => replies[i]?.counted);
    expect(winners).toHaveLength(1);
    const standing = await get(approval_id);
    expect(standing).toMatchObject({ decided_by: winners[0]?.name });
    const told = replies.filter(
      ({ counted, approval, because }) =>
        !counted && because?.includes(`by ${winners[0]?.name}`) && isDeepStrictEqual(approval, standing),
    );
    expect(told).toHaveLength(DECIDERS - 1);
  }
}, 180_000);

it('a thousand who use one approval at once: one does', async () => {
  await Promise.all([startReplica(), startReplica()]);
  const approval = await request('key');
  await complete('key');
  const replies = await Promise.all(Array.from({ length: REDEEMERS }, () => consume(approval)));
  expect(replies.filter(({ consumed }) => consumed)).toHaveLength(1);
  for (const { consumed, because } of replies) if (!consumed) expect(because).toMatch(/is consumed/);
}, 60_000);
