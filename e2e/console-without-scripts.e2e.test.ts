import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { get } from './testkit/rest.ts';

const RULES = [
  { match: 'treasury.*', decision: 'review', approvers: ['finance'], quorum: 2 },
  { match: '*', decision: 'review' },
];

let world: World;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  world = await startWorld({ rules: RULES });
  [ada, bob] = await Promise.all([
    openPerson(world, { javaScriptEnabled: false, secret: world.keys.ada }),
    openPerson(world, { javaScriptEnabled: false, secret: world.keys.bob }),
  ]);
});
afterAll(async () => {
  await Promise.all([ada.close(), bob.close()]);
  await world.stop();
});
afterEach(() => {
  for (const person of [ada, bob]) person.checkFaults();
});

const said = ({ page }: Person): Promise<string> => page.locator('[role=status]').innerText();
const press = (person: Person, id: string, name: 'Approve' | 'Deny'): Promise<void> =>
  person.page.locator(`#${id}`).getByRole('button', { name }).click();

async function signIn(secret: string): Promise<void> {
  await ada.page.getByLabel('Key or code').fill(secret);
  await ada.page.getByRole('button', { name: 'Sign in' }).click();
}

it('signing in comes first, takes no wrong code, and leads to the call that was asked for', async () => {
  const id = await world.ask({ tool: 'crm.export_users', args: { to: 'bank\u202e' } });
  await ada.page.goto(`${world.stack.url}/ui/approvals/${id}`);
  expect(await ada.page.content()).not.toContain('crm.export_users');
  await signIn('a wrong code');
  expect(await said(ada)).toBe('The key or code is wrong.');
  await signIn(world.keys.ada);
  await ada.page.waitForURL(`**/ui/s/*/approvals/${id}`);
  expect(await ada.page.locator('pre').innerText()).toBe('{\n  "to": "bank⟨U+202E⟩"\n}');
});

it('a page of the console that has nothing without scripts says so, and leads to what waits', async () => {
  await ada.open('/ui/tools');
  expect(await ada.page.locator('main').innerText()).toContain('needs JavaScript');
  await ada.page.getByRole('link', { name: 'What waits' }).click();
  await ada.page.waitForURL('**/ui/approvals');
});

describe('with forms alone', () => {
  it('a person approves from the list, and the call runs once', async () => {
    const call = { tool: 'refunds.create', amount_cents: 12_500, meta: { dry_run_id: 'form' } };
    const id = await world.ask(call);
    await ada.open('/ui/approvals');
    const item = ada.page.locator(`#${id}`);
    expect(await item.innerText()).toContain('12500 cents');
    await press(ada, id, 'Approve');
    expect(await said(ada)).toBe(`Approval ${id} is approved.`);
    expect(await item.getAttribute('data-status')).toBe('approved');
    expect((await world.enforce(call)).allowed).toBe(true);
    await ada.page.reload();
    expect(await item.getAttribute('data-status')).toBe('consumed');
  });

  it('a person denies with a reason on the page of the call, which has no form any more', async () => {
    const id = await world.ask({ tool: 'mail.send_to_all' });
    await ada.open(`/ui/approvals/${id}`);
    await ada.page.getByLabel('Reason').fill('not on a friday');
    await press(ada, id, 'Deny');
    expect(await said(ada)).toBe(`Approval ${id} is denied.`);
    expect(await ada.page.locator(`#${id} form`).count()).toBe(0);
    expect((await get(world.stack.url, `/approvals/${id}`)).body).toMatchObject({
      decided_by: 'ada',
      decision_reason: 'not on a friday',
    });
  });

  it('two people say yes where it takes two, and one of them twice is not enough', async () => {
    const id = await world.ask({ tool: 'treasury.wire' });
    await ada.open(`/ui/approvals/${id}`);
    await press(ada, id, 'Approve');
    expect(await said(ada)).toBe(`Approval ${id} is pending, until more people say yes.`);
    await press(ada, id, 'Approve');
    expect(await world.statusOf(id)).toBe('pending');
    await bob.open(`/ui/approvals/${id}`);
    expect(await bob.page.locator(`#${id}`).innerText()).toContain('1 of 2');
    await press(bob, id, 'Approve');
    expect(await said(bob)).toBe(`Approval ${id} is approved.`);
  });

  it('a page that was opened before somebody else decided says so, and changes nothing', async () => {
    const id = await world.ask({ tool: 'mail.send' });
    await ada.open(`/ui/approvals/${id}`);
    await world.say('bob', id, 'deny');
    await press(ada, id, 'Approve');
    expect(await said(ada)).toMatch(/decided/);
    expect(await world.statusOf(id)).toBe('denied');
  });
});

it('no form of another site decides, and no GET', async () => {
  const id = await world.ask({ tool: 'crm.delete_all' });
  await ada.open(`/ui/approvals/${id}`);
  const form = await ada.page.locator(`#${id} form`).evaluate((element) => element.outerHTML);
  const foreign = form.replace('action="', `action="${world.stack.url}`);
  await ada.page.goto(`data:text/html,${encodeURIComponent(foreign)}`);
  await ada.page.getByRole('button', { name: 'Approve' }).click();
  await ada.page.waitForLoadState();
  expect(await world.statusOf(id)).toBe('pending');
  ada.checkFaults(/status of 403/);
  for (const query of ['verdict=approve', `verdict=approve&approval_code=${world.stack.code}`]) {
    await ada.open(`/ui/approvals/${id}?${query}`);
  }
  expect(await world.statusOf(id)).toBe('pending');
});
