import { openBrowser } from '@aegis/testkit/browser';
import type { BrowserContextOptions, ConsoleMessage, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { World } from './world.ts';

/** A page that is slower than this is broken; the default of 30 s only makes a failure slow. */
const PATIENCE_MS = 10_000;

/** A browser of one person. */
export type Person = {
  readonly page: Page;
  /** Opens an address of the console. */
  open(path: string): Promise<void>;
  /** Opens an approval's page, and waits until it is drawn. */
  read(id: string): Promise<void>;
  /** Whatever the page did that it must not, but for what was `expected`: errors, and what its policy forbids. */
  checkFaults(expected?: RegExp): void;
  close(): Promise<void>;
};

/** Who is not signed in yet is told so, and the browser writes that down as an error. */
const isAskingWhoItIs = (message: ConsoleMessage): boolean =>
  message.location().url.endsWith('/ui/api/session') && message.text().includes('401');

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('forbidden by ' + event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sample);
});`;

async function signIn(page: Page, url: string, secret: string): Promise<void> {
  const answer = await page.context().request.post(`${url}/ui/api/session`, { data: { secret } });
  expect(answer.status()).toBe(200);
}

export type PersonOptions = BrowserContextOptions & { secret?: string };

/**
 * Opens a person's own browser, signed in where there is a `secret`. Two contexts of one would not do: the browser that
 * comes as an npm package is one process, whose pages all send the first one's cookies.
 */
export async function openPerson(world: World, options: PersonOptions = {}): Promise<Person> {
  const { secret, ...more } = options;
  const browser = await openBrowser();
  const context = await browser.newContext(more);
  await context.addInitScript(REPORT_VIOLATIONS);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isAskingWhoItIs(message)) faults.push(message.text());
  });
  if (secret !== undefined) await signIn(page, world.stack.url, secret);
  const open = async (path: string): Promise<void> => {
    await page.goto(`${world.stack.url}${path}`);
  };
  return {
    page,
    open,
    async read(id) {
      await open(`/ui/approvals/${id}`);
      await page.locator('article h1').waitFor();
    },
    checkFaults(expected) {
      expect(faults.splice(0).filter((fault) => !expected?.test(fault))).toEqual([]);
    },
    close: () => browser.close(),
  };
}
