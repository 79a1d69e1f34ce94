import { approvalsEnds } from '@aegis/contracts/policy';
import { expect, it } from 'vitest';
import { PATTERN, TO_ACME } from '../testkit/grants.ts';
import { createPeople, giveGrant } from '../testkit/people.ts';
import { publish, REFUNDS, RULES } from '../testkit/policies.ts';
import {
  call,
  codeOf,
  complete,
  get,
  request,
  soon,
  startReplica,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

const ends = (policy: unknown) => world.gateway.ask(approvalsEnds, { policy }, soon());

it('a policy that is tried out says what it would end, and ends nothing', async () => {
  const { env, keys } = await createPeople();
  const policy_digest = await publish(RULES);
  await startReplica(env);
  const asked = { ...REFUNDS, policy_digest };
  const granted = await request(undefined, TO_ACME, asked);
  const { grant_id } = await giveGrant(keys.ada, granted.approval_id, { pattern: PATTERN });
  const waits = await request('waits', call(), asked);
  await request('approved', call(1), asked);
  await complete('approved');
  const of = (...rules: object[]) => ends({ version: 2, rules: [...rules, ...RULES] });

  expect(await of({ match: 'docs.*', decision: 'allow' })).toEqual({
    approvals: 0,
    grants: 0,
    unknown: 0,
    first: [],
  });
  // What is approved by the grant waits for nothing, and the call that it was given for is approved and not used.
  const denied = await of({ match: 'refunds.*', decision: 'deny', description: 'no more' });
  expect(denied).toMatchObject({ approvals: 3, grants: 1, unknown: 0 });
  const because = "Rule 0 denies 'refunds.*': no more";
  for (const id of [waits.approval_id, grant_id])
    expect(denied.first).toContainEqual({ id, tool: 'refunds.create', principal: 'me', because });
  expect(await of({ match: 'refunds.*', decision: 'deny', when: { amount_cents: 1 } })).toMatchObject({
    approvals: 1,
    grants: 0,
  });
  expect(await codeOf(ends({ version: 2, rules: 'none' }))).toBe('invalid_request');
  expect((await get('waits')).status).toBe('pending');
});
