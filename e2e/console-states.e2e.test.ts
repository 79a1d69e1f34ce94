import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { approveButton, untilSaid } from './testkit/console/deciding.ts';
import { openPerson, type Person } from './testkit/console/person.ts';
import { startWorld, type World } from './testkit/console/world.ts';
import { get, post } from './testkit/rest.ts';

const QUICK = { match: 'quick.*', decision: 'review', expires_in: '4s' };
const RULES = [QUICK, { match: '*', decision: 'review' }];
const STRICTER = [QUICK, { match: '*', decision: 'review', approvers: ['finance'] }];
const NOBODY = 'apr_aaaaaaaaaaaaaaaaaaaaaaaaaa';

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld({ rules: RULES });
  ada = await openPerson(world);
});
afterAll(async () => {
  await ada.close();
  await world.stop();
});
afterEach(() => ada.checkFaults());

async function signIn(secret: string): Promise<void> {
  await ada.page.getByLabel('Code or key').fill(secret);
  await ada.page.getByRole('button', { name: 'Sign in' }).click();
}

describe('who is not signed in', () => {
  it('sees nothing of a call, gets no further with a wrong code, and with a key to what was asked for', async () => {
    const id = await world.ask({ tool: 'secret.plan', args: { to: 'nobody else' } });
    await ada.open(`/ui/approvals/${id}`);
    await ada.page.getByRole('heading', { name: 'Sign in to decide' }).waitFor();
    expect(await ada.page.content()).not.toContain('secret.plan');
    await signIn('not the code');
    await ada.page.getByText('That is neither the code nor an approver’s key.').waitFor();
    await signIn(world.keys.ada);
    await ada.page.locator('h1', { hasText: 'secret.plan' }).waitFor();
    await ada.page.locator('header .name', { hasText: 'ada' }).waitFor();
    expect(await ada.page.evaluate('document.cookie')).toBe('');
    await post(world.stack.url, `/approvals/${id}/cancel`, {});
  });

  it('is whoever signed out', async () => {
    await ada.open('/ui/approvals');
    await ada.page.getByRole('button', { name: 'Sign out' }).click();
    await ada.page.getByRole('heading', { name: 'Sign in to decide' }).waitFor();
    await ada.page.reload();
    await ada.page.getByRole('heading', { name: 'Sign in to decide' }).waitFor();
    await signIn(world.stack.code);
    await ada.page.locator('header .name', { hasText: 'approval-code' }).waitFor();
    await ada.page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(world.keys.ada);
  });
});

it('an inbox in which nothing waits says so, and shows a new call by itself', async () => {
  await ada.open('/ui/approvals');
  await ada.page.getByText('Nothing waits').waitFor();
  await world.ask({ tool: 'crm.export_users', args: { list: 'all' } });
  await ada.page.locator('a[data-item]', { hasText: 'crm.export_users' }).waitFor();
  await expect.poll(() => ada.page.title()).toBe('(1) Approvals · AegisMCP');
});

const gone = async (id: string, said: string | RegExp, status: string): Promise<void> => {
  await untilSaid(ada.page, said);
  expect(await approveButton(ada.page).count()).toBe(0);
  await expect.poll(() => world.statusOf(id)).toBe(status);
};

describe('what happens while a call is on the screen', () => {
  it('somebody else decides first: it says who, and takes no second word', async () => {
    const id = await world.ask({ tool: 'mail.send', meta: { dry_run_id: 'elsewhere' } });
    await ada.read(id);
    await world.say('bob', id, 'deny', 'not this one');
    await gone(id, 'Decided by someone else first: denied by bob.', 'denied');
    await ada.page.locator('.because', { hasText: 'not this one' }).waitFor();
  });

  it('the agent takes it back', async () => {
    const id = await world.ask({ tool: 'mail.send', meta: { dry_run_id: 'cancelled' } });
    await ada.read(id);
    await post(world.stack.url, `/approvals/${id}/cancel`, { reason: 'found another way' });
    await gone(id, 'Cancelled by the agent that asked.', 'cancelled');
  });

  it('its time is up', async () => {
    const id = await world.ask({ tool: 'quick.deal' });
    await ada.read(id);
    await approveButton(ada.page).waitFor();
    await gone(id, /Time is up: nobody decided|Expired: nobody decided/, 'expired');
    await untilSaid(ada.page, 'Expired: nobody decided');
  });

  it('the policy changes under it', async () => {
    const id = await world.ask({ tool: 'mail.send', meta: { dry_run_id: 'superseded' } });
    await ada.read(id);
    await world.useRules(STRICTER);
    await gone(id, 'Superseded: the policy or the tool changed under it.', 'superseded');
  });

  it('everything is killed, and is there again: the page says so, both times', async () => {
    const id = await world.ask({ tool: 'mail.send', meta: { dry_run_id: 'lost' } });
    await ada.read(id);
    await world.stack.kill();
    await ada.page.getByText('Connection lost.').waitFor();
    await world.again();
    await ada.page.getByText('Connection lost.').waitFor({ state: 'detached', timeout: 30_000 });
    await world.say('bob', id, 'approve');
    await gone(id, 'Decided by someone else first: approved by bob.', 'approved');
    ada.checkFaults(/net::ERR_|status of 50\d/);
  });
});

it('a policy that was refused is said on each page, until it is mended', async () => {
  await writeFile(join(world.folder, 'policy.json'), '{"version": 2, "rules": "none"}');
  const isWell = async () => (await get(world.stack.url, '/health')).status === 200;
  await expect.poll(isWell, { timeout: 10_000 }).toBe(false);
  await ada.open('/ui/history');
  const banner = ada.page.getByRole('status').filter({ hasText: 'policy:' });
  expect(await banner.innerText()).toContain('policy.json');
  await world.useRules(RULES);
  await banner.waitFor({ state: 'detached', timeout: 20_000 });
});

it('an address that no approval has says so', async () => {
  await ada.open(`/ui/approvals/${NOBODY}`);
  await ada.page.getByText('There is no approval at this address.').waitFor();
  ada.checkFaults(/status of 404/);
  expect((await fetch(`${world.stack.url}/ui/nowhere`)).status).toBe(404);
});
