import type { Approval, RequestApproval } from '@aegis/contracts/approvals';
import type { Call } from '@aegis/contracts/call';
import { describe, expect, it } from 'vitest';
import { PATTERN, TO_ACME } from '../testkit/grants.ts';
import { createPeople, giveGrant, listGrants } from '../testkit/people.ts';
import { publish, publishPolicy, REFUNDS, RULES } from '../testkit/policies.ts';
import { call, complete, consume, get, request, startReplica, stopAll, useWorld } from '../testkit/world.ts';

useWorld();

const [SECRETS, REVIEW, ALL] = RULES;
const DOCS = { match: 'docs.*', decision: 'allow' };
/** The rule that asks about refunds, one further down. */
const MOVED = { rule: { index: 2, match: 'refunds.*' } };
const WITH_DOCS = [SECRETS, DOCS, REVIEW, ALL];
const DENIED = (what: string) => `the policy has changed since it was asked: Rule 0 denies '${what}'`;

const statusOf = async (id: string) => (await get(id)).status;
const isOver = async ({ approval_id }: Approval) => (await statusOf(approval_id)) === 'superseded';
/** Puts a policy in force under which this one is superseded: by then all that was open before it was looked at. */
async function publishPast(last: Approval, rules: readonly object[]): Promise<string> {
  const digest = await publish([{ match: last.call.tool, decision: 'deny' }, ...rules]);
  await expect.poll(() => statusOf(last.approval_id)).toBe('superseded');
  return digest;
}
/** Asked last, by a rule of its own place; an edit that denies it alone concerns nothing else. */
const askLast = (policy_digest: string) =>
  request('last', { tool: 'last.one', principal: 'zoe' }, { policy_digest, rule: { index: 2, match: '*' } });

describe('an edit that does not concern a call', () => {
  it('leaves it waiting, and approved: it is decided and used under the rule that asked, where that stands now', async () => {
    const policy_digest = await publish(RULES);
    await startReplica();
    const waits = await request('waits', call(), { ...REFUNDS, policy_digest });
    const approved = await request('approved', call(1), { ...REFUNDS, policy_digest });
    await complete('approved');
    const now = await publishPast(await askLast(policy_digest), [DOCS, ...RULES]);
    expect([await statusOf('waits'), await statusOf('approved')]).toEqual(['pending', 'approved']);
    const under = { policy_digest: now, rule: { index: 3, match: 'refunds.*' } };
    expect((await request('waits', call(), under)).approval_id).toBe(waits.approval_id);
    await complete('waits');
    expect(await consume(waits, call(), under)).toEqual({ consumed: true });
    expect(await consume(approved, call(1), under)).toEqual({ consumed: true });
  });

  it('leaves a grant in force, for what its rule still asks, and for nothing else', async () => {
    const { env, keys } = await createPeople();
    const policy_digest = await publish(RULES);
    await startReplica(env);
    const asked = await request(undefined, TO_ACME, { ...REFUNDS, policy_digest });
    const { grant_id } = await giveGrant(keys.ada, asked.approval_id, { pattern: PATTERN });
    const unused = await request('unused', TO_ACME, { ...REFUNDS, policy_digest });
    const now = await publishPast(await askLast(policy_digest), WITH_DOCS);
    expect((await listGrants(keys.ada, true)).map((grant) => grant.grant_id)).toEqual([grant_id]);
    const under = { policy_digest: now, rule: { index: 3, match: 'refunds.*' } };
    expect(await consume(unused, TO_ACME, under)).toEqual({ consumed: true });
    expect((await request(undefined, TO_ACME, under)).status).toBe('approved');
    const others = { ...under, rule: { index: 4, match: '*' } };
    expect((await request(undefined, TO_ACME, others)).status).toBe('pending');
  });

  it('leaves it waiting where another cap of a version 1 policy changes, and it is used under that', async () => {
    const v1 = {
      version: 1,
      allow_tools: ['*'],
      deny_tools: ['secrets.*'],
      max_refund_cents: 100,
      max_payment_link_cents: 100,
    } as const;
    const asked = { policy_digest: await publishPolicy(v1), rule: { index: 0, match: '*' } };
    await startReplica();
    const refund: Call = { ...call(), op: 'refund', amount_cents: 500 };
    const waits = await request('refund', refund, asked);
    await request('link', { ...refund, op: 'payment_link_create' }, asked);
    const policy_digest = await publishPolicy({ ...v1, max_payment_link_cents: 50 });
    await expect.poll(() => statusOf('link')).toBe('superseded');
    await complete('refund');
    expect(await consume(waits, refund, { ...asked, policy_digest })).toEqual({ consumed: true });
  });

  it.each<[string, Call, Partial<RequestApproval>, readonly object[], readonly object[]]>([
    ['no rule is about it', { tool: 'crm.export', principal: 'me' }, {}, [SECRETS], [SECRETS, DOCS]],
    [
      'it is told apart by large arguments, which stand elsewhere',
      { ...call(), args: { text: 'x'.repeat(80_000), to: 'ACME' } },
      { rule: { index: 1, match: 'refunds.*' } },
      [SECRETS, REVIEW],
      [{ match: 'refunds.*', decision: 'deny', when: { 'args.to': 'Eve' } }, REVIEW],
    ],
    [
      'it is told apart by its client',
      call(),
      { client: { name: 'desktop' }, rule: { index: 0, match: 'refunds.*' } },
      [REVIEW],
      [{ match: '*', decision: 'deny', when: { 'client.name': 'editor' } }, REVIEW],
    ],
    [
      'it is a door',
      { tool: 'files.resources/read', principal: 'me', args: { uri: 'file:///a' }, server: 'files' },
      { door: 'resource:file:///a', rule: { index: 0, match: 'resource:*' } },
      [{ match: 'resource:*', decision: 'review' }],
      [
        { match: 'files.*', decision: 'deny' },
        { match: 'resource:*', decision: 'review' },
      ],
    ],
    [
      'its rule took the op from the arguments, and nobody stated it',
      { ...call(), op: 'refund', args: { kind: 'refund' } },
      { in_path: true, ruled: { op: 'refund' }, rule: { index: 0, match: 'refunds.*' } },
      [{ ...REVIEW, op: 'args.kind' }],
      [
        { match: '*', decision: 'deny', ops: ['refund'] },
        { ...REVIEW, op: 'args.kind' },
      ],
    ],
  ])('leaves it waiting where %s', async (_, of, asked, before, after) => {
    const policy_digest = await publish(before);
    await startReplica();
    await request('waits', of, { ...asked, policy_digest });
    const last = await request('last', { tool: 'last.one', principal: 'zoe' }, { policy_digest });
    await publishPast(last, after);
    expect(await statusOf('waits')).toBe('pending');
  });
});

describe('an edit that concerns a call', () => {
  it('ends it by what its arguments say, which may stand elsewhere', async () => {
    const policy_digest = await publish(RULES);
    await startReplica();
    const large = { ...call(), args: { text: 'x'.repeat(80_000), to: 'Eve' } };
    await request('eve', large, { ...REFUNDS, policy_digest });
    await request('acme', TO_ACME, { ...REFUNDS, policy_digest });
    await publish([{ match: 'refunds.*', decision: 'deny', when: { 'args.to': 'Eve' } }, ...RULES]);
    await expect
      .poll(() => get('eve'))
      .toMatchObject({
        status: 'superseded',
        superseded_because: `${DENIED('refunds.*')}: args.to is 'Eve'`,
      });
    expect(await statusOf('acme')).toBe('pending');
  });

  it('ends a grant for good, and says why; what it approved and nobody used is over', async () => {
    const { env, keys } = await createPeople();
    const policy_digest = await publish(RULES);
    await startReplica(env);
    const asked = await request(undefined, TO_ACME, { ...REFUNDS, policy_digest });
    await giveGrant(keys.ada, asked.approval_id, { pattern: PATTERN });
    const unused = await request('unused', TO_ACME, { ...REFUNDS, policy_digest });
    const now = await publish([{ ...SECRETS, match: 'refunds.*' }, ...RULES]);
    await expect.poll(async () => (await listGrants(keys.ada, false)).length).toBe(1);
    expect(await listGrants(keys.ada)).toMatchObject([
      {
        revoked_by: 'the policy',
        revoked_because: "the policy has changed since it was given: Rule 0 denies 'refunds.*'",
      },
    ]);
    expect(await get('unused')).toMatchObject({ superseded_because: DENIED('refunds.*') });
    expect((await consume(unused, TO_ACME, { policy_digest: now, ...MOVED })).consumed).toBe(false);
    await publish(RULES);
    expect((await request(undefined, TO_ACME, { ...REFUNDS, policy_digest })).status).toBe('pending');
  });

  it('ends it where not all that its rule saw is on record, as with what was asked before it was kept', async () => {
    const BY_CLIENT = { match: 'refunds.*', decision: 'allow', when: { 'client.name': 'editor' } };
    const policy_digest = await publish([SECRETS, BY_CLIENT, REVIEW, ALL]);
    await startReplica();
    await request('old', call(), { ...MOVED, policy_digest });
    await request('new', call(1), { ...MOVED, policy_digest, client: { name: 'desktop' } });
    await publish([SECRETS, BY_CLIENT, REVIEW]);
    await publish([DOCS, SECRETS, BY_CLIENT, REVIEW]);
    await expect.poll(() => get('old')).toMatchObject({ superseded_because: /can not be told/ });
    expect(await statusOf('new')).toBe('pending');
  });
});

it('an approval is used under its own rule alone, also where the policy is the same and the time of day is not', async () => {
  const NIGHT = { ...REVIEW, when: { 'time.hour': { gte: 22 } } };
  const policy_digest = await publish([NIGHT, REVIEW]);
  await startReplica();
  const asked = await request('key', call(), { policy_digest, ...REFUNDS });
  await complete('key');
  const reply = await consume(asked, call(), { policy_digest, rule: { index: 0, match: 'refunds.*' } });
  expect(reply).toMatchObject({ consumed: false, because: /rule 0 \('refunds\.\*'\) decides about it now/ });
});

it('many wait while edits come one after the other: people are answered meanwhile, and the last edit counts', async () => {
  const policy_digest = await publish(RULES);
  await startReplica({ APPROVAL_MAX_PENDING_PER_AGENT: '500' });
  const ask = (n: number) => request(`key-${n}`, call(n), { ...REFUNDS, policy_digest });
  const asked = await Promise.all([...Array(200).keys()].map(ask));
  const odd = { match: 'refunds.*', decision: 'deny', cap_cents: 0, when: { amount_cents: { gte: 100 } } };
  const edits = [...Array(5).keys()].map((n) => [{ ...DOCS, match: `docs.${n}` }, ...RULES]);
  for (const rules of edits) await publish(rules);
  await publish([odd, ...RULES]);
  expect((await complete('key-0')).status).toBe('approved');
  await expect.poll(async () => (await Promise.all(asked.slice(100).map(isOver))).every(Boolean)).toBe(true);
  expect((await Promise.all(asked.slice(0, 100).map(isOver))).some(Boolean)).toBe(false);
});

it('what changed while nobody ran is looked at when it starts', async () => {
  const policy_digest = await publish(RULES);
  await startReplica();
  await request('waits', call(), { ...REFUNDS, policy_digest });
  await stopAll();
  await publish(WITH_DOCS);
  await startReplica();
  expect(await statusOf('waits')).toBe('pending');
  await stopAll();
  await publish([{ ...SECRETS, match: 'refunds.create' }, ...WITH_DOCS]);
  await startReplica();
  expect(await get('waits')).toMatchObject({ superseded_because: DENIED('refunds.create') });
});
