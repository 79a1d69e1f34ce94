import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tryLock } from '@aegis/kit/files/lock';
import chromium from '@sparticuz/chromium';
import { type Browser, chromium as playwright } from 'playwright-core';
import manifest from '../../../package.json' with { type: 'json' };

const SYSTEM = '/usr/bin/chromium';
/** Nothing but the pages under test: no updates, no sync, no look-ups of its own. */
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const UNPACK = `const { default: chromium } = await import(${JSON.stringify(import.meta.resolve('@sparticuz/chromium'))});
await chromium.executablePath();`;
const AGAIN_MS = 100;

/**
 * Where the browser inside the npm package is unpacked, once for all that ask. By itself the package takes what another
 * process is still writing, or what another version of it has left; so one at a time unpacks, aside, and the whole is moved
 * into place.
 */
async function unpackedBrowser(): Promise<string> {
  const folder = join(tmpdir(), `aegis-chromium-${manifest.devDependencies['@sparticuz/chromium']}`);
  let lock = tryLock(`${folder}.lock`);
  while (lock === undefined) {
    await sleep(AGAIN_MS);
    lock = tryLock(`${folder}.lock`);
  }
  try {
    if (!existsSync(folder)) {
      const aside = `${folder}.part`;
      await rm(aside, { recursive: true, force: true });
      await mkdir(aside);
      const env = { ...process.env, TMPDIR: aside };
      await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', UNPACK], { env });
      await rename(aside, folder);
    }
  } finally {
    lock.release();
  }
  return folder;
}

/**
 * A real browser: what `AEGIS_TEST_BROWSER` says, `npm` for the one inside an npm package or the path of another; without it
 * the system's Chromium where there is one, else the one of npm.
 */
export async function openBrowser(): Promise<Browser> {
  const wanted = process.env['AEGIS_TEST_BROWSER'] ?? (existsSync(SYSTEM) ? SYSTEM : 'npm');
  if (wanted !== 'npm') {
    return playwright.launch({
      executablePath: wanted,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...QUIET],
    });
  }
  const folder = await unpackedBrowser();
  return playwright.launch({
    executablePath: join(folder, 'chromium'),
    args: [...chromium.args, ...QUIET],
    env: { ...process.env, FONTCONFIG_PATH: join(folder, 'fonts') },
  });
}
