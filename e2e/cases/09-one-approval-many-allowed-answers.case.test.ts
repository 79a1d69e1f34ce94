import { afterEach, describe, expect, it } from 'vitest';
import { allAudit, type Enforced, enforce, post, type Reply } from '../testkit/rest.ts';
import { changeRules, startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const REVIEW = { match: '*', decision: 'review' };
const call = { tool: 'pay.out', amount_cents: 100_000, meta: { dry_run_id: 'r' } };
const key = { 'idempotency-key': 'K' };

describe('an approved call, asked for again and again under one key', () => {
  let stack: Stack;
  afterEach(() => stack.stop());

  const bearer = () => ({ authorization: `Bearer ${stack.code}` });
  const again = () => enforce(stack.url, call, key);
  const lines = async (action: string) =>
    (await allAudit(stack.url)).filter((entry) => entry.action === action && entry.tool === call.tool);

  /** The call, allowed once under the key by an approval that a person gave. */
  async function allowedOnce(): Promise<Reply<Enforced>> {
    stack = await startRuledStack({ rules: [REVIEW] });
    const { body } = await enforce(stack.url, call);
    await post(stack.url, `/approvals/${body.approval_id}/approve`, {}, bearer());
    const first = await again();
    expect(first.body).toMatchObject({ allowed: true, status: 'allowed' });
    expect(first.body).not.toHaveProperty('replayed');
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    return first;
  }

  it('hears each time that it is the answer of before, and each time is on record', async () => {
    const first = await allowedOnce();
    for (let n = 0; n < 5; n++) {
      const { body, headers } = await again();
      expect(body).toEqual({ ...first.body, replayed: true });
      expect(headers.get('idempotency-replayed')).toBe('true');
    }
    await expect.poll(async () => (await lines('idempotency.replayed')).length).toBe(5);
    const [one] = await lines('idempotency.replayed');
    expect(one).toMatchObject({
      status: 'replayed',
      ok: null,
      principal: 'anonymous',
      approval_id: first.body.approval_id,
      trace_id: first.body.trace_id,
    });
    expect((await lines('enforce')).filter(({ status }) => status === 'allowed')).toHaveLength(1);
  });

  it('hears it too where all ask at the same time', async () => {
    stack = await startRuledStack({ rules: [REVIEW] });
    const { body } = await enforce(stack.url, call);
    await post(stack.url, `/approvals/${body.approval_id}/approve`, {}, bearer());
    const answers = await Promise.all(Array.from({ length: 8 }, again));
    expect(answers.map((answer) => answer.body.status)).toEqual(Array(8).fill('allowed'));
    expect(answers.filter((answer) => !answer.headers.has('idempotency-replayed'))).toHaveLength(1);
    await expect.poll(async () => (await lines('idempotency.replayed')).length).toBe(7);
  });

  it.each([
    ['denies it', { match: 'pay.*', decision: 'deny' }],
    ['asks under other terms', { match: '*', decision: 'review', quorum: 2 }],
    ['asks for another reason', { match: 'pay.*', decision: 'review' }],
  ])('is not allowed once the policy %s', async (_what, rule) => {
    const { body: first } = await allowedOnce();
    await changeRules(stack, [rule, REVIEW]);
    const { body, headers } = await again();
    expect(body).toMatchObject({ allowed: false, status: 'blocked', replayed: true });
    expect(headers.get('idempotency-replayed')).toBe('true');
    expect(body.reasons.at(-1)).toMatch(/^this key was answered "allowed" before/);
    expect(body.decision_id).not.toBe(first.decision_id);
    await expect
      .poll(async () => (await lines('enforce')).at(-1))
      .toMatchObject({ ok: false, status: 'blocked', approval_id: first.approval_id });
  });

  it('is not allowed once the grant behind its approval is revoked', async () => {
    stack = await startRuledStack({ rules: [REVIEW] });
    const { approval_id } = (await enforce(stack.url, call)).body;
    const given = await post<{ grant: { grant_id: string } }>(
      stack.url,
      '/grants',
      { approval_id, minutes: 5 },
      bearer(),
    );
    const alike = { ...call, meta: { dry_run_id: 'alike' } };
    expect((await enforce(stack.url, alike, key)).body.status).toBe('allowed');
    expect((await enforce(stack.url, alike, key)).body).toMatchObject({ status: 'allowed', replayed: true });
    const path = `/grants/${given.body.grant.grant_id}/revoke`;
    expect((await post(stack.url, path, {}, bearer())).status).toBe(200);
    const { body } = await enforce(stack.url, alike, key);
    expect(body).toMatchObject({ allowed: false, status: 'blocked', replayed: true });
    expect(body.reasons).toContain('the grant that approved it is over');
  });
});
