import { route } from '@aegis/bus';
import { policyCheck } from '@aegis/contracts/decision';
import { openBrowser } from '@aegis/testkit/browser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { allowedCheck } from '../testkit/samples.ts';
import { createTestApp, type Server, standIn, startNatsServer } from '../testkit/stand-ins.ts';

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('forbidden by ' + event.violatedDirective + ': ' + event.blockedURI);
});`;

let server: Server;
let gateway: Awaited<ReturnType<typeof createTestApp>>;
let browser: Browser;
let page: Page;
let url: string;
let policy: Awaited<ReturnType<typeof standIn>>;
const faults: string[] = [];
const questions: unknown[] = [];
/** The example of the fixture. */
const CHECK = { tool: 'refunds.create', op: 'refund', amount_cents: 12_500 };
const asked = new Set<string>();

beforeAll(async () => {
  server = await startNatsServer();
  policy = await standIn(server, 'policy', [
    route(policyCheck, (question) => {
      questions.push(question);
      return allowedCheck;
    }),
  ]);
  gateway = await createTestApp(server);
  url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await gateway.stop();
  await policy.close();
  await server.stop();
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.addInitScript(REPORT_VIOLATIONS);
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
});

it('/docs shows every route and tries one out, under a policy without exceptions', async () => {
  const answer = await page.goto(`${url}/docs`);
  const csp = answer?.headers()['content-security-policy'] ?? '';
  expect(csp).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
  expect(csp).not.toMatch(/unsafe|https?:|\*/);
  await page.locator('.opblock').first().waitFor();
  const { paths } = gateway.app.swagger();
  const operations = Object.values(paths ?? {}).flatMap((methods) => Object.keys(methods ?? {}));
  expect(operations.length).toBeGreaterThan(20);
  expect(await page.locator('.opblock').count()).toBe(operations.length);
  const check = page.locator('#operations-guard-check');
  await check.locator('.opblock-summary-control').click();
  await check.getByRole('button', { name: 'Try it out' }).click();
  await check.getByRole('button', { name: 'Execute' }).click();
  await check.locator('.live-responses-table').getByText('"policy_digest"').waitFor();
  expect(questions).toEqual([{ ...CHECK, principal: 'anonymous', via: 'rest' }]);
  expect(faults).toEqual([]);
  expect([...asked].filter((origin) => origin !== 'null')).toEqual([url]);
});
