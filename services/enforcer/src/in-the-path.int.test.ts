import { route } from '@aegis/bus';
import { type Approval, approvalsConsume, approvalsRequest } from '@aegis/contracts/approvals';
import { callDigest } from '@aegis/contracts/call-digest';
import { DecisionEnforced, type EnforceRequest, enforce } from '@aegis/contracts/decision';
import type { Envelope } from '@aegis/contracts/envelope';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, verdict, type World } from './testkit/world.ts';

const call = {
  tool: 'files.move_file',
  op: 'trash',
  args: { from: '/srv/a', to: '/srv/b' },
  server: 'files',
  principal: 'os-user:ann',
  definition_digest: `sha256:${'d'.repeat(64)}`,
};
const dispatch = { call_id: 'c1', instance: 'i1', server: 'files', method: 'tools/call' };
const request = (more: Partial<EnforceRequest> = {}): EnforceRequest => ({
  call,
  via: 'wrap',
  client: { name: 'cursor', version: '1.2' },
  door: 'resource:file:///srv/a',
  dispatch,
  recorded_args: { from: '/srv/a', to: '[redacted]' },
  ...more,
});
const asked = {
  approval_id: 'apr_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  dry_run_id: 'key',
  generation: 1,
  trace_id: 'e'.repeat(32),
  call,
  call_digest: callDigest(call),
  reasons: ['because'],
  requested_at: '2026-01-01T00:00:00.000Z',
  decide_by: '2026-01-01T01:00:00.000Z',
};
const pending: Approval = { status: 'pending', ...asked };
const approved: Approval = {
  status: 'approved',
  ...asked,
  decided_at: '2026-01-01T00:01:00.000Z',
  decided_by: 'x',
  use_by: '2026-01-01T00:06:00.000Z',
};
const cancelled: Approval = {
  status: 'cancelled',
  ...asked,
  cancelled_at: '2026-01-01T00:01:00.000Z',
  cancelled_because: 'the client took the call back',
};

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await world.startEnforcer();
});
afterEach(() => world.stop());

const ask = (data: EnforceRequest) =>
  world.mcp
    .ask(enforce, data, { deadlineMs: Date.now() + 5_000 })
    .catch((error: { code: string }) => error.code);
/** The last decision on the log. */
async function decision(): Promise<DecisionEnforced> {
  return DecisionEnforced.parse((await world.logged()).at(-1)?.data);
}
/** An approvals service in which every call has this approval. Gives what it was asked, and what it was to store. */
async function approvalIs(approval: Approval) {
  const seen = { reasons: [] as string[], consumed: [] as Envelope[] };
  await world.standIn(
    'approvals',
    route(approvalsRequest, ({ reasons }) => {
      seen.reasons = reasons;
      return { approval };
    }),
    route(approvalsConsume, (use) => {
      seen.consumed.push(use.decision);
      return { consumed: true };
    }),
  );
  return seen;
}

describe('a call from the firewall in the path', () => {
  it('is judged by all that is in it, and by nothing that only names its definition', async () => {
    const questions = await world.policySays(verdict('allow'));
    await ask(request());
    const { definition_digest: _, op: _op, ...judged } = call;
    const { client, door } = request();
    expect(questions).toEqual([{ ...judged, client, door, via: 'wrap', on_record: true }]);
  });

  it('states no op and no amount: what a rule took from its arguments fits no rule that looks at what callers state', async () => {
    const questions = await world.policySays(verdict('review'));
    await approvalIs(pending);
    await ask(request({ call: { ...call, amount_cents: 700 } }));
    expect(questions[0]).not.toHaveProperty('op');
    expect(questions[0]).not.toHaveProperty('amount_cents');
    const { dispatch: _, ...direct } = request({ via: 'rest', call: { ...call, amount_cents: 700 } });
    await ask(direct);
    expect(questions[1]).toMatchObject({ op: 'trash', amount_cents: 700 });
  });

  it('has its dispatch, client, door and arguments in the event where it is allowed', async () => {
    await world.policySays(verdict('allow'));
    expect(await ask(request())).toMatchObject({ status: 'allowed' });
    const { client, door, recorded_args } = request();
    const event = await decision();
    expect(event).toMatchObject({ outcome: 'allowed', client, door, recorded_args, dispatch });
    expect(JSON.stringify(event.call)).not.toContain('/srv/a');
  });

  it('has no dispatch on record where it is blocked or waits', async () => {
    await world.policySays(verdict('deny'));
    expect(await ask(request())).toMatchObject({ status: 'blocked' });
    expect(await decision()).toMatchObject({ outcome: 'blocked', client: { name: 'cursor' } });
    expect(await decision()).not.toHaveProperty('dispatch');
  });

  it('is recorded with the operation, the amount and the currency that the rule took, under the digest of the call', async () => {
    await world.policySays(verdict('allow', { op: 'move', amount_cents: 700, currency: 'EUR' }));
    await ask(request());
    expect((await decision()).call).toMatchObject({
      op: 'move',
      amount_cents: 700,
      currency: 'EUR',
      call_digest: callDigest(call),
    });
  });

  it('carries its dispatch into the decision that uses an approval up', async () => {
    await world.policySays(verdict('review'));
    const { consumed } = await approvalIs(approved);
    expect(await ask(request())).toMatchObject({ status: 'allowed' });
    expect(consumed.map(({ data }) => data)).toMatchObject([{ outcome: 'allowed', dispatch }]);
  });

  it('may not have an answer kept for it: given again, it would be no record of a second dispatch', async () => {
    await world.policySays(verdict('allow'));
    expect(await ask(request({ idempotency_key: 'k' }))).toBe('invalid_request');
    expect(await world.logged()).toEqual([]);
  });

  it('is blocked where its approval is cancelled, and hears why', async () => {
    await world.policySays(verdict('review'));
    await approvalIs(cancelled);
    const why = `Approval ${asked.approval_id} is cancelled: the client took the call back`;
    expect(await ask(request())).toMatchObject({ status: 'blocked', reasons: ['because', why] });
  });
});

describe('a call for which the firewall has its own reason to ask a person', () => {
  const review_because = ["The definition of 'files.move_file' has changed"];

  it('waits for a person where a rule allows it', async () => {
    await world.policySays(verdict('allow'));
    const { reasons } = await approvalIs(pending).then(async (seen) => {
      expect(await ask(request({ review_because }))).toMatchObject({
        status: 'pending',
        approval_required: true,
        reasons: review_because,
      });
      return seen;
    });
    expect(reasons).toEqual(review_because);
  });

  it('shows both reasons where a rule asks a person too', async () => {
    await world.policySays(verdict('review'));
    const seen = await approvalIs(pending);
    expect(await ask(request({ review_because }))).toMatchObject({ status: 'pending' });
    expect(seen.reasons).toEqual(['because', ...review_because]);
  });

  it('is denied where a rule denies it, and nobody is asked', async () => {
    await world.policySays(verdict('deny'));
    const seen = await approvalIs(approved);
    expect(await ask(request({ review_because }))).toMatchObject({ status: 'blocked', reasons: ['because'] });
    expect(seen).toEqual({ reasons: [], consumed: [] });
  });

  it('reaches a person however many reasons there are', async () => {
    await world.policySays(verdict('review'));
    const seen = await approvalIs(pending);
    const many = Array.from({ length: 20 }, (_, n) => `reason ${n}`);
    expect(await ask(request({ review_because: many }))).toMatchObject({ status: 'pending' });
    expect(seen.reasons).toHaveLength(20);
  });
});
