import type { HistoryView, InboxView } from '@aegis/contracts/console';
import { describe, expect, it } from 'vitest';
import { openBrowser, startConsole } from '../../testkit/browser.ts';
import { createPeople } from '../../testkit/people.ts';
import { call, cancel, complete, request, useWorld, world } from '../../testkit/world.ts';

useWorld();

const minutes = (n: number) => ({ terms: { decide_within_ms: n * 60_000 } });

describe('the inbox', () => {
  it('has what waits, the soonest deadline first, and identical calls of one agent as one item', async () => {
    const { get } = await startConsole();
    const late = await request('late', call(1), minutes(50));
    const twins = [];
    for (const key of ['twin-1', 'twin-2', 'twin-3']) twins.push(await request(key, call(2), minutes(40)));
    const soon = await request('soon', call(3), minutes(10));
    const others = await request('others', call(2, 'you'), minutes(60));
    const { items, more, now } = (await get<InboxView>('/inbox')).body;
    const ids = twins.map(({ approval_id }) => approval_id).toReversed();
    expect(items.map(({ ids: [newest], count }) => [newest, count])).toEqual([
      [soon.approval_id, 1],
      [ids[0], 3],
      [late.approval_id, 1],
      [others.approval_id, 1],
    ]);
    expect(items[1]).toMatchObject({ ids, latest: { approval_id: ids[0], amount_cents: 2 } });
    expect([more, Math.abs(Date.parse(now) - Date.now()) < 5_000]).toEqual([0, true]);
  });

  it('has nothing that is decided or cancelled', async () => {
    const { get } = await startConsole();
    const cancelled = await request('cancelled', call(1));
    await request('approved', call(2));
    const waits = await request('waits', call(3));
    await cancel(cancelled.approval_id);
    await complete('approved');
    const { items } = (await get<InboxView>('/inbox')).body;
    expect(items.map(({ ids }) => ids)).toEqual([[waits.approval_id]]);
  });

  it('says of each whether this very person may decide it', async () => {
    const { env, keys } = await createPeople();
    const { base } = await startConsole(env);
    const ada = openBrowser(base);
    await ada.signIn(keys.ada);
    await request('anybody', call(1), minutes(1));
    await request('support', call(2), { terms: { approvers: ['support'], decide_within_ms: 120_000 } });
    await request('hers', call(3, 'key:ada'), minutes(3));
    const { items } = (await ada.get<InboxView>('/inbox')).body;
    expect(items.map(({ latest, may_decide }) => [latest.amount_cents, may_decide])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ]);
  });

  it('is for nobody who is not signed in', async () => {
    const { base } = await startConsole();
    for (const path of ['/inbox', '/history', '/grants', '/webhooks', `/approvals/apr_${'a'.repeat(26)}`]) {
      expect([path, (await openBrowser(base).get(path)).body]).toMatchObject([
        path,
        { code: 'unauthorized' },
      ]);
    }
  });
});

describe('a summary', () => {
  it('has all but the arguments, of which it has the start and how much there is', async () => {
    const { get } = await startConsole();
    const args = { to: 'ACME', text: `${'x'.repeat(187)}🙂 and more` };
    const asked = await request('key', { ...call(), args }, { reason: 'the agent says so' });
    const [item] = (await get<InboxView>('/inbox')).body.items;
    expect(item?.latest).toEqual({
      approval_id: asked.approval_id,
      status: 'pending',
      tool: 'refunds.create',
      amount_cents: 100,
      principal: 'me',
      reason: 'the agent says so',
      reasons: ['over the cap'],
      args_preview: JSON.stringify(args).slice(0, 200).toWellFormed(),
      args_bytes: Buffer.byteLength(JSON.stringify(args)),
      requested_at: asked.requested_at,
      decide_by: asked.decide_by,
      changed_at: asked.requested_at,
      endorsements: [],
      quorum: 1,
    });
  });
});

const keysOf = ({ items }: HistoryView) => items.map(({ tool, amount_cents }) => `${tool} ${amount_cents}`);

describe('the history', () => {
  it('is filtered by agent, tool, status, approver and time, alone or together', async () => {
    const { env, keys } = await createPeople();
    const { base, get } = await startConsole(env);
    const ada = openBrowser(base);
    const at = Date.parse('2030-01-01T00:00:00Z');
    const askAt = async (hour: number, of: ReturnType<typeof call>) => {
      world.clock = () => new Date(at + hour * 3_600_000);
      return request(undefined, of, minutes(600));
    };
    const first = await askAt(0, call(1));
    await askAt(1, call(2, 'you'));
    await askAt(2, { ...call(3), tool: 'bank.pay' });
    await ada.signIn(keys.ada);
    const { revision } = (await ada.get<{ revision: number }>(`/approvals/${first.approval_id}`)).body;
    await ada.post(`/approvals/${first.approval_id}/deny`, { revision, reason: 'no' });
    const history = async (query: string) => keysOf((await ada.get<HistoryView>(`/history${query}`)).body);
    expect(await history('')).toEqual(['bank.pay 3', 'refunds.create 2', 'refunds.create 1']);
    expect(await history('?agent=you')).toEqual(['refunds.create 2']);
    expect(await history('?tool=bank.pay')).toEqual(['bank.pay 3']);
    expect(await history('?status=denied')).toEqual(['refunds.create 1']);
    expect(await history('?approver=ada')).toEqual(['refunds.create 1']);
    expect(await history('?approver=bob')).toEqual([]);
    expect(await history('?from=2030-01-01T01:00:00Z')).toEqual(['bank.pay 3', 'refunds.create 2']);
    expect(await history('?to=2030-01-01T01:00:00Z')).toEqual(['refunds.create 1']);
    expect(await history('?agent=me&status=pending&from=2030-01-01T00:00:00Z')).toEqual(['bank.pay 3']);
    expect((await get('/history')).status).toBe(401);
  });

  it('comes in pages, and a filter that is none is a fault that names it', async () => {
    const { get } = await startConsole({ APPROVAL_MAX_PENDING_PER_AGENT: '60' });
    for (let n = 0; n < 55; n++) await request(undefined, call(n));
    const first = (await get<HistoryView>('/history')).body;
    const second = (await get<HistoryView>(`/history?before=${first.next}`)).body;
    expect([first.items.length, second.items.length, second.next]).toEqual([50, 5, undefined]);
    expect([...first.items, ...second.items].map(({ amount_cents }) => amount_cents)).toEqual(
      Array.from({ length: 55 }, (_, n) => 54 - n),
    );
    for (const [query, field] of [
      ['status=done', 'status'],
      ['from=yesterday', 'from'],
      ['before=nothing', 'before'],
      ['who=me', 'who'],
    ]) {
      const { status, body } = await get(`/history?${query}`);
      expect([status, body['detail']]).toEqual([422, expect.stringMatching(new RegExp(`^${field}: `))]);
    }
  });
});
