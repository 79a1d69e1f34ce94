import { openBrowser } from '@aegis/testkit/browser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../cli/src/run.ts';
import { fakeHost } from '../cli/src/testkit/fake-host.ts';
import { type Stack, startStack } from './testkit/stack.ts';

type Browser = Awaited<ReturnType<typeof openBrowser>>;

let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack({ env: { APPROVAL_CODE: 'off' } }), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
});

it('a person opens the link, gives a name, keeps the key, and is signed in; the address keeps nothing', async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${stack.url}/ui/approvals`);
  await page.getByText('run "aegis approve-here"').waitFor();
  const host = fakeHost({ env: { AEGIS_DATA_DIR: stack.dataDir }, terminal: true });
  host.stdin.end('yes\n');
  await run(host, ['approve-here']);
  const link = /http\S+#\S+/.exec(host.out())?.[0] ?? '';
  const other = await browser.newPage();
  await other.goto(link);
  await other.getByLabel('Your name').fill('ada');
  expect(other.url()).toBe(`${stack.url}/ui/first-approver`);
  await other.getByRole('button', { name: 'Become an approver' }).click();
  await other.getByRole('heading', { name: 'ada is an approver' }).waitFor();
  expect(await other.locator('code.key').textContent()).toMatch(/^aegis_approver_[\w-]{43}$/);
  await other.getByRole('button', { name: 'sign in' }).click();
  await other.locator('header .name', { hasText: 'ada' }).waitFor();
  expect(new URL(other.url()).pathname).toBe('/ui/approvals');
  await page.goto(link);
  await page.getByLabel('Your name').fill('eve');
  await page.getByRole('button', { name: 'Become an approver' }).click();
  await page.getByText('This link opens nothing').waitFor();
});
