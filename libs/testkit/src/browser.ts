import { existsSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';

const SYSTEM = '/usr/bin/chromium';
/** Nothing but the pages under test: no updates, no sync, no look-ups of its own. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A real browser: the system's Chromium where there is one, else the one inside an npm package. */
export async function openBrowser(): Promise<Browser> {
  if (existsSync(SYSTEM)) {
    return playwright.launch({
      executablePath: SYSTEM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...QUIET],
    });
  }
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args, ...QUIET],
  });
}
