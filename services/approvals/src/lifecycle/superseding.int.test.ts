import { describe, expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { publish, REFUNDS, RULES } from '../testkit/policies.ts';
import { sawTool, toolChanged } from '../testkit/tools.ts';
import {
  call,
  codeOf,
  complete,
  consume,
  get,
  request,
  startReplica,
  stopAll,
  useWorld,
} from '../testkit/world.ts';

useWorld();

const [SECRETS, REVIEW, ALL] = RULES;
const CHANGED = 'the policy has changed since it was asked';
/** Two calls under the policy in force: one that waits, and one that was approved. */
async function askTwo(policy_digest: string) {
  const waits = await request('waits', call(), { ...REFUNDS, policy_digest });
  const approved = await request('approved', call(1), { ...REFUNDS, policy_digest });
  await complete('approved');
  return { waits, approved };
}
const statuses = async () => [(await get('waits')).status, (await get('approved')).status];

describe('a policy that changes', () => {
  it.each([
    [
      'the rule that asked',
      [SECRETS, { ...REVIEW, quorum: 2 }, ALL],
      "its rule has changed: Rule 1 requires review of 'refunds.*'",
    ],
    [
      'a rule before it',
      [{ ...SECRETS, match: 'refunds.create' }, REVIEW, ALL],
      "Rule 0 denies 'refunds.create'",
    ],
    ['what comes first', [ALL, SECRETS, REVIEW], "rule 0 ('*') allows it"],
    [
      'a rule that asks before it',
      [{ ...REVIEW, match: '*.create' }, REVIEW, ALL],
      "another rule asks: Rule 0 requires review of '*.create'",
    ],
    ['all that was for it', [SECRETS], 'something else asks: No matching rule; default to review'],
  ])('in %s supersedes what waits and what may still be run', async (_, rules, because) => {
    const digest = await publish(RULES);
    await startReplica();
    const { approved } = await askTwo(digest);
    const now = await publish(rules);
    await expect.poll(statuses).toEqual(['superseded', 'superseded']);
    for (const key of ['waits', 'approved'])
      expect(await get(key)).toMatchObject({ superseded_because: `${CHANGED}: ${because}` });
    expect((await complete('waits')).status).toBe('superseded');
    expect((await consume(approved, call(1), { policy_digest: now })).consumed).toBe(false);
  });

  it('in a later rule changes nothing for it', async () => {
    const digest = await publish(RULES);
    await startReplica();
    const { approved } = await askTwo(digest);
    const now = await publish([SECRETS, REVIEW, { ...ALL, decision: 'deny' }]);
    expect((await request('waits', call(), { ...REFUNDS, policy_digest: now })).generation).toBe(1);
    expect(await statuses()).toEqual(['pending', 'approved']);
    expect(await consume(approved, call(1), { policy_digest: now })).toEqual({ consumed: true });
  });

  it('while nobody runs is seen at the start', async () => {
    const digest = await publish(RULES);
    await startReplica();
    await askTwo(digest);
    await stopAll();
    await publish([ALL]);
    await startReplica();
    expect(await statuses()).toEqual(['superseded', 'superseded']);
    await stopAll();
    await startReplica();
    expect(await get('waits')).toMatchObject({
      status: 'superseded',
      superseded_because: `${CHANGED}: rule 0 ('*') allows it`,
    });
  });

  it('and back again does not bring back what was superseded; the same call asks anew', async () => {
    const digest = await publish(RULES);
    await startReplica();
    const { waits } = await askTwo(digest);
    await publish([ALL]);
    await expect.poll(statuses).toEqual(['superseded', 'superseded']);
    await publish(RULES);
    const next = await request('waits', call(), { ...REFUNDS, policy_digest: digest });
    expect(next).toMatchObject({ status: 'pending', generation: 2, trace_id: waits.trace_id });
  });

  it('says nothing of what no policy asked for', async () => {
    await publish(RULES);
    await startReplica();
    await request('own');
    await askTwo(await publish([SECRETS, REVIEW]));
    await publish([ALL]);
    await expect.poll(statuses).toEqual(['superseded', 'superseded']);
    expect((await get('own')).status).toBe('pending');
  });
});

describe('whoever asks or runs a call', () => {
  it('under a policy that nobody published gets nothing by what was approved under another', async () => {
    const digest = await publish(RULES);
    await startReplica();
    const { approved } = await askTwo(digest);
    expect((await consume(approved, call(1))).because).toMatch(/the policy has changed/);
    expect((await get('approved')).status).toBe('superseded');
  });

  it('under other terms than were approved gets nothing, and the approval is over', async () => {
    await startReplica();
    const approved = await request('key', call(), { terms: { approvers: ['approval-code'] } });
    await complete('key');
    const reply = await consume(approved, call(), {}, {}, { approvers: ['finance'] });
    expect(reply).toMatchObject({ consumed: false, because: /who decides/ });
    expect((await get('key')).status).toBe('superseded');
  });

  it('asks anew where its rule asks other people by now', async () => {
    await startReplica();
    const first = await request('key', call(), { terms: { approvers: ['approval-code'] } });
    const second = await request('key', call(), { terms: { approvers: ['finance'] } });
    expect(second).toMatchObject({ status: 'pending', generation: 2 });
    expect((await get(first.approval_id)).status).toBe('superseded');
    expect(await codeOf(complete(second.approval_id))).toBe('not_an_approver');
  });
});

/** A call of a tool as it was defined. */
const read = (definition_digest: string | undefined, tool = 'files.read_file') => ({
  tool,
  server: 'files',
  principal: 'me',
  ...(definition_digest === undefined ? {} : { definition_digest }),
});

describe("a tool's definition that changes", () => {
  const [A, B] = [seen(definition('reads')), seen(definition('reads and sends'))];
  const BECAUSE = "the tool's definition has changed since it was asked";

  it('supersedes what was asked under the old one, and nothing else', async () => {
    await startReplica();
    await sawTool(A);
    await request('old', read(A.digest));
    await request('other', read(A.digest, 'files.write_file'));
    await request('unbound', read(undefined));
    await toolChanged(B);
    await expect.poll(() => get('old')).toMatchObject({ status: 'superseded', superseded_because: BECAUSE });
    await request('new', read(B.digest));
    for (const key of ['other', 'unbound', 'new']) expect((await get(key)).status).toBe('pending');
  });

  it('in the eyes of another firewall, which saw it for the first time, supersedes as well', async () => {
    await startReplica();
    await sawTool(A);
    await request('old', read(A.digest));
    await sawTool(A);
    expect((await get('old')).status).toBe('pending');
    await sawTool(B);
    await expect.poll(() => get('old')).toMatchObject({ status: 'superseded', superseded_because: BECAUSE });
  });

  it('while nobody runs is seen at the start', async () => {
    await startReplica();
    await sawTool(A);
    await request('old', read(A.digest));
    await stopAll();
    await toolChanged(B);
    await startReplica();
    expect(await get('old')).toMatchObject({ status: 'superseded', superseded_because: BECAUSE });
  });
});
