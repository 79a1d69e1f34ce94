import axe from 'axe-core';
import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { useConsole } from './testkit/console-page.ts';
import { at, idOf, pending, viewOf } from './testkit/samples.ts';

const ui = useConsole();

test('who is not signed in does so, and comes to the address that was asked for', async () => {
  ui.isSignedIn = false;
  ui.show(viewOf(pending(1)));
  await ui.goto(`approvals/${idOf(1)}`);
  await ui.page.getByLabel('Code or key').fill('wrong');
  await ui.page.getByRole('button', { name: 'Sign in' }).click();
  await ui.page.getByText('neither the code nor').waitFor();
  await ui.page.getByLabel('Code or key').fill('right');
  await ui.page.keyboard.press('Enter');
  await ui.page.getByRole('heading', { name: 'refunds.create' }).waitFor();
  expect(new URL(ui.page.url()).pathname).toBe(`/ui/approvals/${idOf(1)}`);
});

test('a stream that is refused is seen, the page looks for itself, and is live again when it can be', async () => {
  ui.show(viewOf(pending(1)));
  await ui.goto(`approvals`);
  await ui.page.locator('a[data-item]').waitFor();
  ui.standIn.setLive(false);
  await ui.page.getByText('Not live: looking every 10 seconds.').waitFor();
  // Only the stream is refused: what comes after the first look is found by the next one.
  await expect.poll(() => ui.standIn.asked.filter(({ path }) => path === 'inbox').length).toBeGreaterThan(1);
  ui.show(viewOf(pending(2)));
  await ui.page.locator('a[data-item]').nth(1).waitFor({ timeout: 15_000 });
  await ui.page.getByText('Not live: looking').waitFor();
  ui.standIn.setLive(true);
  await ui.page.getByText('Not live: looking').waitFor({ state: 'detached' });
});

test('what is not well, and what will not stay so, stands on each page until it is over', async () => {
  ui.standIn.setHealth({ status: 'degraded', parts: { policy: ['policy.yml was refused: line 3 <b>.'] } });
  await ui.goto('grants');
  const banner = ui.page
    .getByRole('status')
    .filter({ hasText: 'policy: policy.yml was refused: line 3 <b>.' });
  await banner.waitFor();
  ui.standIn.setHealth({ status: 'ok' });
  await banner.waitFor({ state: 'detached', timeout: 15_000 });
});

test('a grant that ends while somebody looks at the page is shown as over, with why', async () => {
  const grant = {
    grant_id: `gra_${'a'.repeat(26)}`,
    granted_by: 'ada',
    granted_at: at(0),
    expires_at: at(600),
    approval_id: idOf(1),
    principal: 'agent',
    uses: 0,
    pattern: { tool: 'refunds.create' },
  };
  ui.grants = { active: [grant], over: [] };
  await ui.goto('grants');
  await ui.page.getByRole('button', { name: 'Revoke…' }).waitFor();
  ui.grants = { active: [], over: [{ ...grant, over_because: 'the policy has changed' }] };
  await ui.page.getByText('the policy has changed').waitFor();
  await ui.page.getByText('No grant is active').waitFor();
});

test('where nothing answers at all, it says that the connection is lost', async () => {
  await ui.goto(`approvals`);
  await ui.page.getByText('Nothing waits').waitFor();
  await ui.page.route('**/ui/api/**', (route) => route.abort());
  ui.standIn.setLive(false);
  await ui.page.getByText('Connection lost.').waitFor();
  await ui.page.getByText('Not live: looking every 10 seconds.').waitFor();
  await ui.page.unrouteAll();
});

test('the tab has an icon, which is a file of the console', async () => {
  await ui.goto(`approvals`);
  await ui.page.getByRole('heading', { level: 1 }).waitFor();
  const href = await ui.page.locator('link[rel="icon"]').getAttribute('href');
  expect(href).toMatch(/^\/ui\/assets\/icon-.+\.svg$/);
  const response = await ui.page.request.get(`${ui.standIn.url}${href}`);
  expect(response.headers()['content-type']).toBe('image/svg+xml');
});

test('a grant that is over says why', async () => {
  const grant = {
    grant_id: `gra_${'a'.repeat(26)}`,
    principal: 'support-agent',
    pattern: { tool: 'refunds.create' },
    approval_id: idOf(1),
    granted_by: 'ada',
    granted_at: at(-600),
    expires_at: at(600),
    uses: 0,
  };
  ui.grants = { active: [], over: [{ ...grant, over_because: 'the policy has changed' }] };
  await ui.goto('grants');
  const card = ui.page.locator('article', { hasText: 'support-agent' });
  await card.getByText('the policy has changed').waitFor();
  expect(await card.locator('[data-status]').textContent()).toBe('over');
});

test('hostile arguments: nothing runs, nothing is cut, and the page can still be used', async () => {
  let deep: Record<string, unknown> = { bottom: 'the end' };
  for (let i = 0; i < 200; i += 1) deep = { n: deep };
  const args = {
    'na\u202Eme': '<img src=x onerror="document.title=1"><script>document.title=1</script>',
    long: `${'x'.repeat(100 * 1024)}END`,
    many: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key${i}`, i])),
    deep,
    last: 'the last one',
  };
  ui.show(viewOf(pending(1, { call: { ...pending(1).call, args } })));
  await ui.openApproval(1);
  await ui.armed();
  await ui.page.keyboard.press('a');
  expect(await ui.focused()).toMatch(/^Approve/);
  await ui.page.getByText('the last one', { exact: true }).waitFor({ timeout: 50_000 });
  const text = await ui.page.locator('main').textContent();
  for (const part of ['na⟨U+202E⟩me', '<script>', 'xEND', 'key9999', 'the end']) expect(text).toContain(part);
  expect(await ui.page.locator('main img, main script').count()).toBe(0);
  expect(await ui.page.title()).toContain('One approval');
});

test('on a phone a call of ten arguments is read and answered without scrolling', async () => {
  ui.show(viewOf(pending(1)));
  await ui.page.setViewportSize({ width: 390, height: 844 });
  await ui.openApproval(1);
  const names = Object.keys(pending(1).call.args ?? {});
  expect(names).toHaveLength(10);
  const inSight = async (what: Locator): Promise<boolean> => {
    const box = await what.boundingBox();
    const bar = await ui.page.getByRole('region', { name: 'Decision' }).boundingBox();
    return box !== null && bar !== null && box.y >= 0 && box.y + box.height <= bar.y;
  };
  for (const name of names)
    expect([name, await inSight(ui.page.locator('.key', { hasText: name }).first())]).toEqual([name, true]);
  for (const text of ['support-agent', 'payments', '125.00'])
    expect(await inSight(ui.page.locator('main header').getByText(text))).toBe(true);
  const button = await ui.approveButton().boundingBox();
  expect((button?.y ?? 0) + (button?.height ?? 0)).toBeLessThanOrEqual(844);
  expect(await ui.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});

const HOSTILE = {
  ['k'.repeat(3000)]: 'x\n'.repeat(1400),
  to: 'pаypal',
  'to ': Array.from({ length: 50 }, (_, n) => n),
};

test.each(['approvals', `approvals/${idOf(1)}`, `approvals/${idOf(2)}`, 'history', 'nowhere'])(
  'axe finds no violation on %s',
  async (path) => {
    ui.show(viewOf(pending(1)));
    const call = { ...pending(2).call, args: HOSTILE };
    ui.show(viewOf(pending(2, { call, ruled: { amount_cents: 1, op: 'wire' } })));
    await ui.goto(path);
    await ui.page.getByRole('heading', { level: 1 }).waitFor();
    await ui.page.locator('[aria-busy]').waitFor({ state: 'detached' });
    await ui.page.evaluate(axe.source);
    const violations = await ui.page.evaluate(
      'axe.run().then((r) => r.violations.map(({ id, nodes }) => [id, nodes[0].html]))',
    );
    expect(violations).toEqual([]);
  },
);
