import { beforeEach, describe, expect, it } from 'vitest';
import { createPeople, decide, draw, giveGrant, listGrants, type People } from '../testkit/people.ts';
import { CODE, codeOf, complete, get, redeem, request, startReplica, useWorld } from '../testkit/world.ts';

useWorld();

let people: People;
beforeEach(async () => {
  people = await createPeople();
  await startReplica(people.env);
});

/** Ada is removed, and somebody of that name is added: until this replica has read so. */
async function makeAdaAgain(): Promise<void> {
  const before = people.keys.ada;
  await people.renew('ada');
  await expect.poll(() => codeOf(decide(people.keys.ada, 'nothing'))).toBe('approval_not_found');
  expect(await codeOf(decide(before, 'nothing'))).toBe('unauthorized');
}
const GONE = /^ada, who drew the code, is no approver any more, or has another key since/;
const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: Error) => error.message,
  );

describe('an approver who was removed and made again under the same name', () => {
  it('is not who drew the code before: it opens nothing, by any door, and another one does', async () => {
    const { approval_id } = await request('key');
    const { code = '' } = await draw(people.keys.ada, approval_id);
    await makeAdaAgain();
    expect(await messageOf(redeem('key', code))).toMatch(GONE);
    expect(await messageOf(complete('key', code, undefined, { principal: 'me' }))).toMatch(GONE);
    expect((await get('key')).status).toBe('pending');
    const { code: another = '' } = await draw(people.keys.ada, approval_id);
    expect((await redeem('key', another)).approval.status).toBe('approved');
  });

  it('is not who said yes before: that yes counts no more, and their own does', async () => {
    await request('key', undefined, { terms: { quorum: 2 } });
    await decide(people.keys.ada, 'key');
    await makeAdaAgain();
    const { approval } = await decide(people.keys.bob, 'key');
    expect([approval.status, approval.endorsements?.map(({ by }) => by)]).toEqual(['pending', ['bob']]);
    expect((await decide(people.keys.ada, 'key')).approval).toMatchObject({
      status: 'approved',
      endorsements: [{ by: 'bob' }, { by: 'ada' }],
    });
  });

  it('is not who gave the grant before: it is over', async () => {
    await giveGrant(people.keys.ada, (await request('first')).approval_id);
    expect((await request('like')).status).toBe('approved');
    await makeAdaAgain();
    expect((await request('next')).status).toBe('pending');
    const over_because = 'ada is no approver any more, or has another key since';
    expect(await listGrants(CODE, false)).toMatchObject([{ over_because }]);
  });
});
