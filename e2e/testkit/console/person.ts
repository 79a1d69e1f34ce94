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

/** Who is not let in is told so, and the browser writes that down as an error. */
const isNotLetIn = (message: ConsoleMessage): boolean =>
  message.location().url.endsWith('/ui/api/session') && message.text().includes('401');

/** A part of the firewall that is not well, which a browser takes for an error of the page. */
const isNotWell = (message: ConsoleMessage): boolean =>
  message.location().url.endsWith('/health') && message.text().includes('503');

const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error('forbidden by ' + event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sample);
});`;

/** Writes the secret into the form of the page, with scripts or without. */
async function signIn(page: Page, secret: string): Promise<void> {
  await page.getByLabel(/^(Code or key|Key or code)/).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** `secret`: their key, with which they sign in: with scripts at once, without wherever a page asks who they are. */
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
    const isFault = message.type() === 'error' && !isNotLetIn(message) && !isNotWell(message);
    if (isFault) faults.push(`${message.text()} ${message.location().url}`);
  });
  const runsScripts = more.javaScriptEnabled ?? true;
  const open = async (path: string): Promise<void> => {
    await page.goto(`${world.stack.url}${path}`);
    if (runsScripts || secret === undefined || (await page.getByLabel('Key or code').count()) === 0) return;
    await signIn(page, secret);
    await page.waitForURL(({ pathname }) => pathname.startsWith('/ui/s/'));
  };
  if (secret !== undefined && runsScripts) {
    await open('/ui/approvals');
    await signIn(page, secret);
    await page.getByRole('heading', { name: 'Waiting for a decision' }).waitFor();
  }
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
