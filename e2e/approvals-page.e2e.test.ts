import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './testkit/browser.ts';
import { enforce, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const call = (dryRunId: string, more: object = {}) => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 12_500,
  meta: { dry_run_id: dryRunId },
  ...more,
});
const rowOf = (page: Page, id: string | undefined) => page.locator(`tr#${id}`);

async function decide(page: Page, id: string | undefined, code: string): Promise<void> {
  await rowOf(page, id).getByLabel('Code').fill(code);
  await rowOf(page, id).getByRole('button').click();
}

describe('the approvals page in a real browser', () => {
  let stack: Stack;
  let browser: Browser;
  beforeAll(async () => {
    [stack, browser] = await Promise.all([startStack(), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await stack.stop();
  });

  // Each page holds a stream, and a browser has six connections to one address.
  afterEach(async () => {
    const pages = browser.contexts().flatMap((context) => context.pages());
    await Promise.all(pages.map((page) => page.goto('about:blank')));
  });

  const open = async (options: { javaScriptEnabled: boolean }) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(`${stack.url}/ui/approvals`);
    return { page, errors };
  };

  it.each([true, false])(
    'lets a person approve a call, which then runs once (scripts: %s)',
    async (javaScriptEnabled) => {
      const id = `browser-${javaScriptEnabled}`;
      const { approval_id } = (await enforce(stack.url, call(id))).body;
      const { page } = await open({ javaScriptEnabled });
      await expect
        .poll(() => rowOf(page, approval_id).innerText())
        .toContain("exceeds cap 5000 for pattern 'refunds.*'");
      await decide(page, approval_id, stack.code);
      await expect
        .poll(() => page.locator('[role=status]').innerText())
        .toBe(`Approval ${approval_id} is approved.`);
      expect(await rowOf(page, approval_id).getAttribute('data-status')).toBe('approved');
      expect((await enforce(stack.url, call(id))).body.allowed).toBe(true);
      await page.reload();
      expect(await rowOf(page, approval_id).getAttribute('data-status')).toBe('consumed');
    },
  );

  it('denies on a wrong code and says so', async () => {
    const { approval_id } = (await enforce(stack.url, call('browser-wrong'))).body;
    const { page } = await open({ javaScriptEnabled: true });
    await decide(page, approval_id, 'a wrong code');
    await expect
      .poll(() => page.locator('[role=status]').innerText())
      .toBe(`Approval ${approval_id} is denied.`);
  });

  it('shows a new call by itself, and keeps what a person is typing', async () => {
    const waiting = (await enforce(stack.url, call('browser-typing'))).body;
    const { page, errors } = await open({ javaScriptEnabled: true });
    await rowOf(page, waiting.approval_id).getByLabel('Code').fill('half a co');
    const { approval_id } = (await enforce(stack.url, call('browser-live'))).body;
    await expect.poll(() => rowOf(page, approval_id).count(), { timeout: 10_000 }).toBe(1);
    expect(await rowOf(page, waiting.approval_id).getByLabel('Code').inputValue()).toBe('half a co');
    expect(errors).toEqual([]);
  });

  it('shows hostile text as text: nothing runs, nothing hides', async () => {
    const hostile =
      '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202egnp.exe\u200b';
    const args = { note: hostile, [hostile]: ['</pre><h1>x'] };
    const { approval_id } = (await enforce(stack.url, call('<b>key</b>', { args }))).body;
    const { page, errors } = await open({ javaScriptEnabled: true });
    const text = await rowOf(page, approval_id).innerText();
    expect(text).toContain('<script>document.title=2</script>');
    expect(text).toContain('⟨U+202E⟩gnp.exe⟨U+200B⟩');
    expect(text).toContain('<b>key</b>');
    expect(await page.title()).toBe('Approvals · AegisMCP');
    expect(await page.locator('main img, main script, main h1, main b').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it.each([true, false])(
    'has a page for each call, where it is decided and shows the outcome (scripts: %s)',
    async (javaScriptEnabled) => {
      const id = `own-page-${javaScriptEnabled}`;
      const { approval_id } = (await enforce(stack.url, call(id, { args: { to: 'bank\u202e' } }))).body;
      const { page, errors } = await open({ javaScriptEnabled });
      await rowOf(page, approval_id).getByRole('link').click();
      await page.waitForURL(`**/ui/approvals/${approval_id}`);
      const article = page.locator(`article#${approval_id}`);
      expect(await article.locator('pre').innerText()).toBe('{\n  "to": "bank⟨U+202E⟩"\n}');
      await article.getByLabel('Code').fill(stack.code);
      await article.getByRole('button').click();
      await expect
        .poll(() => page.locator('[role=status]').innerText())
        .toBe(`Approval ${approval_id} is approved.`);
      expect(await article.getAttribute('data-status')).toBe('approved');
      expect(await article.locator('form').count()).toBe(0);
      expect(errors).toEqual([]);
    },
  );

  it("shows on a call's page that it was decided elsewhere", async () => {
    const { approval_id } = (await enforce(stack.url, call('browser-elsewhere'))).body;
    const { page } = await open({ javaScriptEnabled: true });
    await page.goto(`${stack.url}/ui/approvals/${approval_id}`);
    await post(stack.url, '/approvals/complete', { approval_id, approval_code: stack.code });
    await expect
      .poll(() => page.locator(`#${approval_id}`).getAttribute('data-status'), { timeout: 10_000 })
      .toBe('approved');
  });

  it('takes no decision from another site, and none from a GET', async () => {
    const { approval_id } = (await enforce(stack.url, call('browser-csrf'))).body;
    const { page } = await open({ javaScriptEnabled: true });
    const form = `<form method="post" action="${stack.url}/ui/approvals/${approval_id}"><input name="approval_code" value="${stack.code}"><button>go</button></form>`;
    await page.goto(`data:text/html,${encodeURIComponent(form)}`);
    await page.getByRole('button').click();
    await page.waitForLoadState();
    await fetch(`${stack.url}/ui/approvals/${approval_id}?approval_code=${encodeURIComponent(stack.code)}`);
    expect((await enforce(stack.url, call('browser-csrf'))).body.status).toBe('pending');
  });
});
