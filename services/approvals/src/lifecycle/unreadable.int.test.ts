import { randomUUID } from 'node:crypto';
import { StoredApproval } from '@aegis/contracts/approvals';
import type { ApprovalView, HistoryView, InboxView } from '@aegis/contracts/console';
import { approvalLog } from '@aegis/contracts/subjects';
import { expect, it } from 'vitest';
import { startConsole } from '../testkit/browser.ts';
import {
  call,
  codeOf,
  complete,
  list,
  request,
  soon,
  startReplica,
  useWorld,
  world,
} from '../testkit/world.ts';

useWorld();

const NOT_THERE = expect.stringMatching(/sha256:0{64} can not be read back: they are not in the log\.$/);
const bus = () => world.running[0]?.bus ?? world.enforcer;

/** An approval whose arguments are nowhere. */
async function withoutBody(key: string, isApproved = false): Promise<string> {
  const { approval_id } = await request(key, call(1_000));
  if (isApproved) await complete(approval_id);
  const last = await bus().read.last(approvalLog(approval_id), soon().deadlineMs);
  if (!last?.event) throw new Error(`${approval_id} is not in the log`);
  const approval = StoredApproval.parse(last.event.data['approval']);
  const args_body = { digest: `sha256:${'0'.repeat(64)}`, bytes: 70_000, begins: '{"a"' };
  const data = { approval: { ...approval, call: { ...approval.call, args_body } } };
  const event = { ...last.event, id: randomUUID(), data };
  await bus().append.one({ subject: approvalLog(approval_id), event, expect: last.seq }, soon().deadlineMs);
  return approval_id;
}

it('a list shows a call whose arguments can not be read without them, says so, and has all the others', async () => {
  await startReplica();
  const before = await request('before');
  const lost = await withoutBody('lost');
  const after = await request('after');
  const { approvals, unreadable } = await list({ status: 'pending' });
  const ids = [after.approval_id, lost, before.approval_id];
  expect(approvals.map((one) => one.approval_id)).toEqual(ids);
  expect(approvals[1]?.call).toEqual(call(1_000));
  expect(unreadable).toEqual([{ approval_id: lost, because: NOT_THERE }]);
  expect(await codeOf(complete(lost))).toBe('storage_unavailable');
  expect((await complete('before')).status).toBe('approved');
});

it('an approval of which nothing can be read is named, and the next page begins behind it', async () => {
  await startReplica();
  const oldest = await request('oldest');
  const { approval_id } = await request('forged');
  await request('newest');
  bus().live.publish(approvalLog(approval_id), '{"forged":true}');
  const because = expect.stringMatching(
    /^The record of approval apr_\w+ can not be read: "aegis broker mend /,
  );
  await expect.poll(async () => (await list()).unreadable).toEqual([{ approval_id, because }]);
  const first = await list({ limit: 2 });
  expect(first.approvals.map((one) => one.dry_run_id)).toEqual(['newest']);
  const { approvals, unreadable } = await list({ limit: 2, before: first.next });
  expect([approvals, unreadable]).toEqual([[oldest], undefined]);
});

it('the pages show it without its arguments and without a form, and the others with theirs', async () => {
  const { open, at, get } = await startConsole();
  const { approval_id } = await request('before');
  const lost = await withoutBody('lost');
  const page = (await open(at('/ui/approvals'))).text;
  const [of, others] = [page.slice(0, page.indexOf(`id="${approval_id}"`)), page];
  expect(of).toContain(`id="${lost}"`);
  expect(of).toContain('can not be read back: they are not in the log.');
  expect(of).not.toMatch(/No arguments|value="approve"/);
  expect(others).toContain(`action="${at(`/ui/approvals/${approval_id}`)}"`);
  expect((await get<InboxView>('/inbox')).body.items).toHaveLength(2);
  const history = (await get<HistoryView>('/history')).body;
  expect(history.items.map((one) => one.approval_id)).toEqual([lost, approval_id]);
  expect(history.unreadable).toEqual([{ approval_id: lost, because: NOT_THERE }]);
});

it('its own page says why it can not be read, and so does an attempt to decide it', async () => {
  const { open, at, get, post, send } = await startConsole();
  const lost = await withoutBody('lost');
  const why = { status: 503, body: { detail: NOT_THERE } };
  expect(await get(`/approvals/${lost}`)).toMatchObject(why);
  expect(await post(`/approvals/${lost}/approve`, { revision: 1 })).toMatchObject(why);
  const page = await open(at(`/ui/approvals/${lost}`));
  expect([page.status, page.text]).toEqual([503, expect.stringContaining('they are not in the log.')]);
  const sent = await send(at(`/ui/approvals/${lost}`), { verdict: 'approve' });
  expect(sent.status).toBe(303);
  expect((await open(sent.location ?? '')).text).toContain('they are not in the log.');
});

it('a call like one before whose arguments can not be read has its page all the same', async () => {
  const { get } = await startConsole();
  await withoutBody('lost', true);
  const { approval_id } = await request('now');
  const { status, body } = await get<ApprovalView>(`/approvals/${approval_id}`);
  expect([status, body.approval.approval_id]).toEqual([200, approval_id]);
});
