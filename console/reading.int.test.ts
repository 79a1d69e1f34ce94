import type { Locator } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { useConsole } from './testkit/console-page.ts';
import { pending, viewOf } from './testkit/samples.ts';

const ui = useConsole();
const LINES = `hello${'\n'.repeat(1400)}`;
const THOUSANDS = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key${n}`, n]));

beforeEach(async () => {
  await ui.page.setViewportSize({ width: 390, height: 844 });
});

async function open(args: Record<string, unknown>, previous?: Record<string, unknown>): Promise<void> {
  const view = viewOf(pending(1, { call: { ...pending(1).call, args } }));
  ui.show({ ...view, previous: previous && view.previous && { ...view.previous, args: previous } });
  await ui.openApproval(1);
  await ui.armed();
}
const row = (key: string): Locator =>
  ui.page.locator('li[data-depth="0"]', { has: ui.page.locator('.key').getByText(key, { exact: true }) });
/** Whether it is on the screen, above the bar that decides. */
async function isSeen(what: Locator): Promise<boolean> {
  const box = await what.boundingBox();
  const bar = await ui.page.getByRole('region', { name: 'Decision' }).boundingBox();
  return box !== null && bar !== null && box.y >= 0 && box.y + box.height <= bar.y;
}
const unread = (): Locator => ui.page.getByText('not on this screen yet');

test.each([
  ['a value of line ends', { memo: LINES, to: 'attacker-account' }, undefined],
  ['what a value was before', { memo: 'x', to: 'attacker-account' }, { memo: LINES, to: 'x' }],
  ['a key', { ['k'.repeat(3000)]: 1, to: 'attacker-account' }, undefined],
  ['a key of blanks', { [' \u200B'.repeat(1500)]: 1, to: 'attacker-account' }, undefined],
  [
    'a value of letters with a tower on each',
    { memo: `Z${'\u0301'.repeat(9000)}`, to: 'attacker-account' },
    undefined,
  ],
])('%s does not push the next argument out of sight', async (_, args, previous) => {
  await open(args, previous);
  expect(await isSeen(row('to'))).toBe(true);
});

test('what is long has a window that keys reach, says how long it is, and is whole', async () => {
  await open({ memo: `${LINES}the end`, to: 'attacker-account' });
  const part = ui.page.getByRole('group', { name: 'Value of memo: 1,401 lines, 1.4 KB' });
  expect(await part.textContent()).toMatch(/^hello\n+the end$/);
  await part.focus();
  await ui.page.keyboard.press('End');
  await expect.poll(() => part.evaluate((box) => box.scrollTop)).toBeGreaterThan(1000);
});

test('what a tool’s server says of an argument does not push the next one away either', async () => {
  await ui.page.setViewportSize({ width: 1280, height: 844 });
  const properties = { memo: { type: 'string', description: LINES, enum: [LINES, LINES] } };
  const call = { ...pending(1).call, args: { memo: 'x', to: 'attacker-account' } };
  ui.show(viewOf(pending(1, { call }), { definition: { inputSchema: { properties } } }));
  await ui.openApproval(1);
  await ui.armed();
  expect(await isSeen(row('to'))).toBe(true);
});

test('behind ten thousand keys an argument is named at the top, counted as unread, and reached by its link', async () => {
  await open({ big: THOUSANDS, to: 'attacker-account', last: 1 });
  const names = ui.page.getByRole('navigation', { name: 'All arguments' });
  expect(await names.locator('a').allTextContents()).toEqual(['big 10,000 keys', 'to 16 bytes', 'last 1']);
  await ui.page.getByText('3 arguments; 3 of them not on this screen yet.').waitFor();
  await names.getByRole('link', { name: 'last' }).click();
  await expect.poll(() => isSeen(row('last'))).toBe(true);
  await names.getByRole('link', { name: 'to' }).click();
  await expect.poll(() => isSeen(row('to'))).toBe(true);
  await ui.page.getByText('3 arguments; 1 of them not').waitFor();
  await names.getByRole('link', { name: 'big' }).click();
  await unread().waitFor({ state: 'detached' });
  expect(ui.decisions()).toEqual([]);
});

test('who has scrolled to the end has had all on the screen', async () => {
  await open({ ...THOUSANDS, to: 'attacker-account' });
  await unread().waitFor();
  await ui.page.locator('.rows p[role="status"]').waitFor({ state: 'detached', timeout: 30_000 });
  await ui.page.keyboard.press('End');
  await unread().waitFor({ state: 'detached' });
});

test('the last argument under the bar that decides was not on the screen yet', async () => {
  await ui.page.setViewportSize({ width: 390, height: 400 });
  await open(pending(1).call.args ?? {});
  await ui.page.getByText(/^10 arguments; \d of them not on this screen yet\.$/).waitFor();
  await row('idempotency_key').evaluate((line) => line.scrollIntoView({ block: 'center' }));
  await unread().waitFor({ state: 'detached' });
});

test('ten arguments that fit are neither listed twice nor counted', async () => {
  await open(pending(1).call.args ?? {});
  expect(await ui.page.getByRole('navigation', { name: 'All arguments' }).count()).toBe(0);
  expect(await unread().count()).toBe(0);
});

test('keys that look alike are told apart in words', async () => {
  await open({ to: 1, 'to ': 2, ' to': 3, tо: 4, '': 5, from: 'pаypal' });
  const keys = await ui.page.locator('.key').allTextContents();
  expect(
    keys.map((key) =>
      key
        .replaceAll(/\s*\n\s*/g, '|')
        .replaceAll(/ {2,}/g, '|')
        .trim(),
    ),
  ).toEqual([
    expect.stringMatching(/^to\W+looks like another key$/),
    expect.stringMatching(/^"to "\W+looks like another key$/),
    expect.stringMatching(/^" to"\W+looks like another key$/),
    expect.stringMatching(/^"tо"\W+not plain letters\W+looks like another key$/),
    expect.stringMatching(/^""\W*$/),
    expect.stringMatching(/^from\W*$/),
  ]);
  await row('from').getByText('not plain letters').waitFor();
});

test('what the rule took from the arguments is the amount, and what the agent stated is a warning', async () => {
  const call = { ...pending(1).call, amount_cents: 100 };
  const { previous } = viewOf(pending(1));
  const before = previous && { ...previous, amount_cents: 900_000 };
  const ruled = { amount_cents: 900_000, op: 'wire' };
  ui.show(viewOf(pending(1, { call, ruled }), { previous: before }));
  await ui.openApproval(1);
  const head = ui.page.locator('article > header');
  expect(await head.locator('.amount').textContent()).toContain('9,000.00');
  expect(await head.textContent()).toMatch(/operation\s+wire/);
  expect(await head.locator('.pill.bad').allTextContents()).toEqual([
    'the agent stated 1.00',
    'the agent stated refund',
  ]);
  expect(await ui.page.locator('main').textContent()).not.toContain('amount was');
  await ui.page.getByRole('button', { name: 'Allow calls like this…' }).click();
  expect(await ui.page.getByLabel('Amount at most').inputValue()).toBe('9,000.00');
});
