import type { ApprovalView } from '@aegis/contracts/console';
import { describe, expect, it } from 'vitest';
import { openBrowser, startConsole } from '../../testkit/browser.ts';
import { definition, seen } from '../../testkit/definitions.ts';
import { createPeople, decide } from '../../testkit/people.ts';
import { publish, REFUNDS, RULES } from '../../testkit/policies.ts';
import { sawTool, toolChanged } from '../../testkit/tools.ts';
import { call, complete, request, useWorld } from '../../testkit/world.ts';

useWorld();

const read = (digest: string) => ({
  tool: 'files.read_file',
  server: 'files',
  definition_digest: digest,
  principal: 'me',
});

describe('one approval', () => {
  it('is shown whole, with its revision, and with the rule that asked as it stands in its policy', async () => {
    const policy_digest = await publish(RULES);
    const { get } = await startConsole();
    const args = { note: 'x'.repeat(300_000), deep: { list: [1, { to: 'ACME' }] } };
    const asked = await request('key', { ...call(), args }, { ...REFUNDS, policy_digest });
    await publish([RULES[0], RULES[1]]);
    const { body } = await get<ApprovalView>(`/approvals/${asked.approval_id}`);
    expect(body.approval).toEqual(asked);
    expect(body.rule).toEqual({ ...REFUNDS.rule, policy_digest, document: RULES[1] });
    expect(body.revision).toBeGreaterThan(0);
    await complete('key');
    const after = (await get<ApprovalView>(`/approvals/${asked.approval_id}`)).body;
    expect(after.revision).toBeGreaterThan(body.revision);
  });

  it('has the last call of the same tool that somebody approved beside it, and those that are the same', async () => {
    const { get } = await startConsole();
    const before = await request('before', { ...call(50), args: { to: 'ACME' } });
    await complete('before');
    await request('denied', call(55));
    await complete('denied', 'wrong');
    await request('elsewhere', { ...call(60), server: 'shop' });
    const one = await request('one', call(70));
    const two = await request('two', call(70));
    const view = async (id: string) => (await get<ApprovalView>(`/approvals/${id}`)).body;
    expect((await view(before.approval_id)).previous).toBeUndefined();
    const { previous, group } = await view(two.approval_id);
    expect(previous).toEqual({
      approval_id: before.approval_id,
      status: 'approved',
      requested_at: before.requested_at,
      principal: 'me',
      amount_cents: 50,
      args: { to: 'ACME' },
    });
    expect(group).toEqual([two.approval_id, one.approval_id]);
    await complete(two.approval_id);
    expect((await view(two.approval_id)).group).toEqual([two.approval_id]);
  });

  it('has the definition of the tool that it was asked for, not a later one', async () => {
    const { get } = await startConsole();
    const [old, later] = [definition('reads'), definition('reads and sends')];
    await sawTool(seen(old));
    await toolChanged(seen(later));
    for (const one of [old, later]) {
      const { approval_id } = await request(undefined, read(seen(one).digest));
      const {
        definition: shown,
        change,
        may_grant,
      } = (await get<ApprovalView>(`/approvals/${approval_id}`)).body;
      expect(may_grant).toBe(one === old);
      expect(shown).toEqual(one);
      // Only the later one waits to be accepted, and it is shown beside the one that counts.
      const waits = { level: 'major', before: old, is_first: false, is_older: false };
      if (one === later) expect(change).toMatchObject(waits);
      else expect(change).toBeUndefined();
    }
    const unknown = await request(undefined, read(seen(definition('other')).digest));
    const { body } = await get<ApprovalView>(`/approvals/${unknown.approval_id}`);
    expect(body).not.toHaveProperty('definition');
  });

  it('says whether this person may decide, or give a grant, and if not, why not', async () => {
    const { env, keys } = await createPeople();
    const { base } = await startConsole(env);
    const ada = openBrowser(base);
    await ada.signIn(keys.ada);
    const may = async (id: string) => {
      const { body } = await ada.get<ApprovalView>(`/approvals/${id}`);
      const { may_decide, may_decide_because, may_deny, may_grant, may_grant_because } = body;
      return [may_decide, may_decide_because, may_deny, may_grant, may_grant_because];
    };
    await request('free', call(1));
    expect(await may('free')).toEqual([true, undefined, true, true, undefined]);
    await request('two', call(2), { terms: { quorum: 2 } });
    const one = 'this rule takes 2 people, and a grant would be the word of one';
    expect(await may('two')).toEqual([true, undefined, true, false, one]);
    await decide(keys.ada, 'two');
    const said = 'ada has said yes already';
    expect(await may('two')).toEqual([false, said, true, false, undefined]);
    await request('support', call(3), { terms: { approvers: ['support'] } });
    const named = 'only support may decide this, and ada is not one of them';
    expect(await may('support')).toEqual([false, named, false, false, undefined]);
    await complete('free');
    expect(await may('free')).toEqual([false, 'it is approved', false, false, undefined]);
  });

  it('is 404 where there is none', async () => {
    const { get } = await startConsole();
    for (const id of [`apr_${'a'.repeat(26)}`, 'unknown']) {
      const { status, body } = await get(`/approvals/${id}`);
      expect([status, body['code']]).toEqual([404, 'approval_not_found']);
    }
  });
});
