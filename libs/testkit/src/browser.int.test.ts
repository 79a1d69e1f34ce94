import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const OPEN = `import { openBrowser } from ${JSON.stringify(new URL('./browser.ts', import.meta.url).href)};
const browser = await openBrowser();
console.log(browser.version());
await browser.close();`;

it('three that ask at once for the browser of npm, on a machine that has it not yet, get a whole one each', async () => {
  const fresh = await mkdtemp(join(tmpdir(), 'aegis-browser-'));
  onTestFinished(() => rm(fresh, { recursive: true }));
  const env = { ...process.env, TMPDIR: fresh, AEGIS_TEST_BROWSER: 'npm' };
  const open = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', OPEN], { env });
  const answers = await Promise.all([open(), open(), open()]);
  expect(answers.map(({ stdout }) => stdout)).toEqual(Array(3).fill(expect.stringMatching(/^\d+\./)));
});
