import { route } from '@aegis/bus';
import {
  type AuditLine,
  auditPast,
  auditQuery,
  type PastCalls,
  type QueryAudit,
} from '@aegis/contracts/audit';
import type { ApprovalView } from '@aegis/contracts/console';
import { connectTestBus } from '@aegis/testkit/bus';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startConsole } from '../../testkit/browser.ts';
import { createPeople, decide, draw } from '../../testkit/people.ts';
import { call, complete, consume, redeem, request, useWorld, world } from '../../testkit/world.ts';

useWorld();

const isAsked =
  ({ approval_id, call_id, principal }: QueryAudit) =>
  (line: Partial<AuditLine>) =>
    (approval_id === undefined || line.approval_id === approval_id) &&
    (call_id === undefined || line.call_id === call_id) &&
    (principal === undefined || line.principal === principal);

/** Answers as the audit service does, with these lines and past calls, newest first. Returns what it was asked of those. */
async function startRecord(lines: readonly Partial<AuditLine>[], past: readonly Partial<AuditLine>[]) {
  const bus = await connectTestBus(world.server, 'audit');
  const nothing = {
    trace_id: null,
    ok: null,
    tool: null,
    op: null,
    amount_cents: null,
    status: null,
    note: null,
  };
  const wholeOf = (line: Partial<AuditLine>, n: number) => ({
    ...nothing,
    seq: 1_000 - n,
    ts: `2026-01-01T00:00:${String(59 - n).padStart(2, '0')}.000Z`,
    action: 'a',
    event_id: `e${n}`,
    type: 'aegis.decision.enforced.v1',
    ...line,
  });
  const whole = lines.map(wholeOf);
  const askedPast: PastCalls[] = [];
  const responder = await bus.respond([
    route(auditQuery, async (query) => ({ entries: whole.filter(isAsked(query)) })),
    route(auditPast, async (asked) => {
      askedPast.push(asked);
      return { entries: past.map(wholeOf), total: 12, blocked: 3 };
    }),
  ]);
  onTestFinished(async () => {
    await responder.drain();
    await bus.close();
  });
  return askedPast;
}

describe('what happened', () => {
  it('before and after is told from the record, and to the end of the call', async () => {
    const { env, keys } = await createPeople();
    const { get } = await startConsole(env);
    const asked = await request('key', call(), { terms: { quorum: 2 } });
    await decide(keys.ada, 'key', 'approve', { reason: 'seen' });
    await decide(keys.bob, 'key');
    await consume(asked, call(), {}, {}, { quorum: 2 });
    const { approval_id } = asked;
    const call_id = 'c1';
    const askedPast = await startRecord(
      [
        { type: 'aegis.call.succeeded.v1', call_id },
        { approval_id, call_id, ok: true, status: 'allowed', tool: 'refunds.create', principal: 'me' },
        { approval_id, ok: false, status: 'pending', tool: 'refunds.create', principal: 'me' },
      ],
      [{ ok: false, status: 'blocked', tool: 'secrets.read', op: 'x', note: 'denied', principal: 'me' }],
    );
    const { approval, timeline, past } = (await get<ApprovalView>(`/approvals/${approval_id}`)).body;
    expect(timeline.map(({ what, by, note }) => [what, by, note])).toEqual([
      ['requested', 'me', undefined],
      ['endorsed', 'ada', 'seen'],
      ['approved', 'bob', undefined],
      ['consumed', undefined, undefined],
      ['dispatched', undefined, undefined],
      ['succeeded', undefined, undefined],
    ]);
    // What came before: neither this call itself nor what came after the question.
    const { requested_at: before } = approval;
    expect(askedPast).toEqual([{ principal: 'me', before, except: approval_id, limit: 10 }]);
    expect(past).toMatchObject({ total: 12, blocked: 3 });
    expect(past?.calls).toMatchObject([{ tool: 'secrets.read', status: 'blocked', op: 'x', note: 'denied' }]);
  });

  it('to a code is told whatever became of it: redeemed, dropped and why, or a wrong word', async () => {
    const { env, keys } = await createPeople();
    const { get } = await startConsole(env);
    const { approval_id } = await request('key', call(), { terms: { quorum: 3 } });
    const first = await draw(keys.ada, 'key');
    await redeem('key', first.code ?? '');
    await draw(keys.bob, 'key');
    await redeem('key', 'ZZZZZZZZ');
    await startRecord(
      [{ approval_id, type: 'aegis.approval.code_refused.v1', ts: new Date().toISOString() }],
      [],
    );
    await decide(keys.bob, 'key');
    const { timeline } = (await get<ApprovalView>(`/approvals/${approval_id}`)).body;
    expect(timeline.map(({ what, by, note }) => [what, by, note])).toEqual([
      ['requested', 'me', undefined],
      ['code_drawn', 'ada', expect.stringMatching(/^until /)],
      ['endorsed', 'ada', expect.stringMatching(/^by a code that was drawn at /)],
      ['code_drawn', 'bob', expect.stringMatching(/^until /)],
      ['code_refused', 'me', undefined],
      ['endorsed', 'bob', undefined],
      ['code_dropped', undefined, 'the code of bob, because bob said yes without it'],
    ]);
  });

  it('before is shown as it ended, also what waited when it was asked', async () => {
    const { get } = await startConsole();
    const [denied, waits, asked] = [
      await request('denied'),
      await request('waits'),
      await request('key', call(7)),
    ];
    await complete('denied', 'wrong');
    const line = { ok: false, status: 'pending', tool: 'refunds.create', principal: 'me' };
    await startRecord(
      [],
      [
        { ...line, approval_id: denied.approval_id },
        { ...line, approval_id: waits.approval_id },
        { ...line, approval_id: `apr_${'a'.repeat(26)}` },
      ],
    );
    const { past } = (await get<ApprovalView>(`/approvals/${asked.approval_id}`)).body;
    expect(past?.calls.map(({ status }) => status)).toEqual(['denied', 'pending', 'asked']);
  });

  it('is left out where the record can not be read just now, and the approval is there all the same', async () => {
    const { get } = await startConsole();
    const { approval_id } = await request('key');
    await complete('key', 'wrong');
    const { status, body } = await get<ApprovalView>(`/approvals/${approval_id}`);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('past');
    expect(body.timeline.map(({ what, note }) => [what, note])).toEqual([
      ['requested', undefined],
      ['denied', 'wrong code'],
    ]);
  });
});
