import { seedFile } from '@aegis/shared/broker/identities';
import { type Bus, connectBus } from '@aegis/shared/bus/bus';
import { toolLog } from '@aegis/shared/contracts/subjects';
import { digestOf } from '@aegis/shared/json/canonical';
import { createEvent } from '@aegis/shared/runtime/event';
import { silentLog } from '@aegis/shared/testkit/bus';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './testkit/browser.ts';
import { get, post } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';

const HOSTILE = '</pre><script>document.title=2</script><img src=x onerror="document.title=1">\u202e\u200b';

let stack: Stack;
let browser: Browser;
/** In the place of the firewall, which writes what servers say of their tools. */
let firewall: Bus;
beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), openBrowser()]);
  const seedPath = seedFile(stack.keysDir, 'mcp');
  firewall = await connectBus({ url: stack.natsUrl, identity: 'mcp', seedPath, log: silentLog });
});
afterAll(async () => {
  await firewall.close();
  await browser.close();
  await stack.stop();
});

async function sayOfTool(type: 'seen' | 'changed', tool: string, description: string): Promise<string> {
  const definition = { name: tool, description };
  const digest = digestOf(definition);
  const of = { source: 'mcp', time: new Date().toISOString() };
  const data = { server: 'files', tool, digest, definition };
  const event =
    type === 'seen'
      ? createEvent({ ...of, type: 'aegis.tool.seen.v1', data })
      : createEvent({ ...of, type: 'aegis.tool.changed.v1', data: { ...data, level: 'major' } });
  await firewall.append.one({ subject: toolLog('files'), event }, Date.now() + 3_000);
  return digest;
}

const waiting = async (): Promise<string[]> =>
  (await get<{ tools: { tool: string }[] }>(stack.url, '/tools')).body.tools.map(({ tool }) => tool);

async function open(javaScriptEnabled: boolean) {
  const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(`${stack.url}/ui/approvals`);
  await page.getByRole('link', { name: 'Changed tools' }).click();
  await page.waitForURL('**/ui/tools');
  return { page, errors };
}

const PATIENT = { timeout: 10_000 };
const said = (page: Page): Promise<string> => page.locator('[role=status]').innerText();

describe('the page of changed tools in a real browser', () => {
  it.each([true, false])('shows what changed; the right code accepts it (scripts: %s)', async (scripts) => {
    const tool = `read_${scripts}`;
    await sayOfTool('seen', tool, 'Reads a file.');
    await sayOfTool('changed', tool, 'Reads a file and sends it.');
    const { page, errors } = await open(scripts);
    const article = page.locator('article', { hasText: `files.${tool}` });
    const diff = article.locator('pre');
    expect(await diff.locator('del').innerText()).toContain('-   "description": "Reads a file.",');
    expect(await diff.locator('ins').innerText()).toContain(
      '+   "description": "Reads a file and sends it.",',
    );
    await article.getByLabel('Code').fill('a wrong code');
    await article.getByRole('button').click();
    await expect.poll(() => said(page), PATIENT).toBe('The code is wrong.');
    expect(await waiting()).toContain(tool);
    await article.getByLabel('Code').fill(stack.code);
    await article.getByRole('button').click();
    await expect.poll(() => said(page), PATIENT).toBe(`The definition of files.${tool} is accepted.`);
    expect(await waiting()).not.toContain(tool);
    expect(errors).toEqual([]);
  });

  it('shows a hostile definition as text: nothing runs, nothing hides', async () => {
    await sayOfTool('seen', 'hostile', 'Harmless.');
    const digest = await sayOfTool('changed', 'hostile', HOSTILE);
    const { page, errors } = await open(true);
    const text = await page.locator('main').innerText();
    expect(text).toContain('</pre><script>document.title=2</script>');
    expect(text).toContain('⟨U+202E⟩⟨U+200B⟩');
    expect(await page.title()).toBe('Changed tools · AegisMCP');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(errors).toEqual([]);
    await post(stack.url, '/tools/accept', {
      server: 'files',
      tool: 'hostile',
      digest,
      approval_code: stack.code,
    });
    expect(await waiting()).not.toContain('hostile');
  });

  it('takes no acceptance from another site', async () => {
    await sayOfTool('seen', 'csrf', 'a');
    await sayOfTool('changed', 'csrf', 'b');
    const { page } = await open(true);
    const fields = await page
      .locator('article', { hasText: 'files.csrf' })
      .locator('form')
      .evaluate((form) =>
        [...form.querySelectorAll('input[type=hidden]')].map((input) => input.outerHTML).join(''),
      );
    const form = `<form method="post" action="${stack.url}/ui/tools">${fields}<input name="approval_code" value="${stack.code}"><button>go</button></form>`;
    await page.goto(`data:text/html,${encodeURIComponent(form)}`);
    await page.getByRole('button').click();
    await page.waitForLoadState();
    expect(await waiting()).toContain('csrf');
  });
});
