import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { untilArmed, untilSaid } from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { type Enforced, post } from './testkit/rest.ts';

const RULES = [
  { match: 'refunds.*', decision: 'deny', when: { 'args.customer': 'blocked' } },
  { match: '*', decision: 'review' },
];

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld({ rules: RULES });
  ada = await openPerson(world, { secret: world.keys.ada });
});
afterAll(async () => {
  await ada.close();
  await world.stop();
});
afterEach(() => ada.checkFaults());

let calls = 0;
const refund = (amount_cents: number, args: object = {}, more: object = {}) => {
  calls += 1;
  return {
    tool: 'refunds.create',
    op: 'refund',
    amount_cents,
    args: { order: calls, customer: 'kim', note: 'came broken', ...args },
    ...more,
  };
};
const statusOf = async (call: ReturnType<typeof refund> & { meta?: object }): Promise<Enforced['status']> =>
  (await world.enforce(call)).status;
const cards = () => ada.page.locator('article', { hasText: 'refunds.create' });

describe('a grant for a while', () => {
  it('is given with the approval, as the pattern that the form says in words', async () => {
    const { page } = ada;
    const first = refund(12_500);
    const id = await world.ask({ ...first, meta: { dry_run_id: 'the first' } });
    await ada.read(id);
    await untilArmed(page);
    await page.getByRole('button', { name: 'Allow calls like this…' }).click();
    for (const any of ['order', 'customer']) await page.getByLabel(any, { exact: true }).selectOption('any');
    await page.getByLabel('Amount at most').fill('200.00');
    const said = await page.getByRole('dialog').innerText();
    expect(said).toContain('For anonymous, the next 30 minutes, without asking:');
    expect(said).toContain('amount at most 200.00');
    expect(said).toContain('note exactly "came broken"');
    expect(await world.statusOf(id)).toBe('pending');
    await page.getByRole('button', { name: 'Approve and allow' }).click();
    await untilSaid(page, 'You approved this, and calls like it for a while.');
    expect(await statusOf({ ...first, meta: { dry_run_id: 'the first' } })).toBe('allowed');
  });

  it('lets the next such call run without a person, and asks about every other one', async () => {
    expect(await statusOf(refund(20_000))).toBe('allowed');
    expect(await statusOf(refund(100, { customer: 'lee' }))).toBe('allowed');
    for (const other of [
      refund(20_001),
      refund(100, { note: 'came late' }),
      refund(100, { to: 'another account' }),
      refund(100, {}, { op: 'chargeback' }),
      refund(100, {}, { tool: 'refunds.create_all' }),
    ]) {
      expect([other, await statusOf(other)]).toEqual([other, 'pending']);
    }
  });

  it('gives way to a rule that denies', async () => {
    expect(await statusOf(refund(100, { customer: 'blocked' }))).toBe('blocked');
  });

  it('is in the list with its uses, and each use is in the history', async () => {
    const { page } = ada;
    await ada.open('/ui/grants');
    await cards().waitFor();
    const text = await cards().innerText();
    for (const part of ['anonymous', 'active', 'at most 200.00', 'given by ada', 'used 2 times']) {
      expect(text).toContain(part);
    }
    await ada.open('/ui/history?status=consumed');
    await page.getByRole('table').waitFor();
    const byGrant = page.getByRole('row').filter({ hasText: 'a grant of' });
    expect(await byGrant.count()).toBe(2);
    await byGrant.first().getByRole('link').click();
    await untilSaid(page, 'Approved by a grant of you, and used.');
  });

  it('is over as soon as somebody revokes it', async () => {
    const { page } = ada;
    await ada.open('/ui/grants');
    await cards().getByRole('button', { name: 'Revoke…' }).click();
    expect(await statusOf(refund(300))).toBe('allowed');
    await page.getByRole('button', { name: 'Revoke now' }).click();
    await page.getByText('Revoked: calls of refunds.create by anonymous wait for a person again.').waitFor();
    await page.getByText('No grant is active').waitFor();
    expect(await cards().innerText()).toContain('revoked by ada');
    expect(await statusOf(refund(300))).toBe('pending');
  });
});

/** The cards of the page as it is now. */
async function shown(): Promise<string> {
  await ada.open('/ui/grants');
  await cards().first().waitFor();
  return (await cards().allInnerTexts()).join(' ');
}

describe('an edit of the policy', () => {
  const EDITED = [
    { match: 'docs.*', decision: 'allow' },
    { match: 'mail.*', decision: 'deny', description: 'no mail' },
    ...RULES,
  ];
  const granted = refund(700, { customer: 'max' });
  const again = { ...granted, meta: { dry_run_id: 'again' } };

  it('says beforehand what it would end, ends that alone, and the page says why', async () => {
    const waits = { ...refund(500), meta: { dry_run_id: 'waits' } };
    const [id, mail] = [await world.ask(waits), await world.ask({ tool: 'mail.send', args: { to: 'eve' } })];
    const approval_id = await world.ask(granted);
    const headers = { authorization: `Bearer ${world.keys.ada}` };
    await post(world.stack.url, '/grants', { approval_id, minutes: 30 }, headers);
    const policy = { version: 2, rules: EDITED };
    const { ends } = (await post<{ ends: unknown }>(world.stack.url, '/policy/validate', { policy })).body;
    const because = "Rule 1 denies 'mail.*': no mail";
    const first = [{ id: mail, tool: 'mail.send', principal: 'anonymous', because }];
    expect(ends).toEqual({ approvals: 1, grants: 0, unknown: 0, first });

    await world.useRules(EDITED);
    await expect.poll(() => world.statusOf(mail)).toBe('superseded');
    expect(await world.statusOf(id)).toBe('pending');
    await world.say('ada', id, 'approve');
    expect(await statusOf(waits)).toBe('allowed');
    expect(await statusOf(again)).toBe('allowed');
    await ada.open(`/ui/approvals/${mail}`);
    await ada.page.getByText(because).first().waitFor();
  });

  it('ends a grant whose calls it denies, and the list says why', async () => {
    await world.useRules([{ match: 'refunds.*', decision: 'deny', description: 'no money' }, ...EDITED]);
    // The grant is tried by the call that it was given for, a moment after the policy is in force.
    await expect
      .poll(shown, { timeout: 20_000 })
      .toContain("the policy has changed since it was given: Rule 0 denies 'refunds.*': no money");
    expect(await statusOf({ ...granted, meta: { dry_run_id: 'once more' } })).toBe('blocked');
  });
});
