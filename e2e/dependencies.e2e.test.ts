import { execFile } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, get } from './testkit/rest.ts';
import { startRuledStack } from './testkit/ruled-stack.ts';
import type { Stack } from './testkit/stack.ts';

const AEGIS = join(import.meta.dirname, '../cli/src/main.ts');
const run = promisify(execFile);
let stack: Stack;
beforeAll(async () => {
  stack = await startRuledStack({ rules: [{ match: 'ok.*', decision: 'allow' }] });
});
afterAll(() => stack.stop());

type Health = { status: string; parts?: Record<string, string[]> };
const health = async () => (await get<Health>(stack.url, '/health')).body;
/** What one part says of itself. */
const said = async (part: string) => (await health()).parts?.[part]?.join(' ') ?? '';
const ask = async () => {
  const { status, body } = await enforce(stack.url, { tool: 'ok.go' });
  return [status, body.status];
};
const expectWell = async () => {
  await expect.poll(health).toEqual({ status: 'ok' });
  expect(await ask()).toEqual([200, 'allowed']);
};

describe('while it runs', () => {
  it('a policy file that turns bad, or goes away, leaves the last good one in force, until it is mended', async () => {
    const good = await readFile(stack.policyPath, 'utf8');
    await writeFile(stack.policyPath, 'version: 2\nrules: maybe\n');
    await expect.poll(() => said('policy')).toContain('was refused (rules: ');
    expect(await ask()).toEqual([200, 'allowed']);
    await rm(stack.policyPath);
    await expect.poll(() => said('policy')).toContain('the last good policy stays in force');
    expect(await ask()).toEqual([200, 'allowed']);
    await writeFile(stack.policyPath, good);
    await expectWell();
  });

  it.each([
    ['approvers.json', undefined],
    ['webhooks.json', '{"webhooks":{}}'],
  ])('the file of %s that turns bad is said by health, until it is mended', async (file, good) => {
    const path = join(stack.dataDir, file);
    await writeFile(path, '{"a":', { mode: 0o600 });
    await expect.poll(async () => JSON.stringify(await health())).toContain(path);
    expect(await ask()).toEqual([200, 'allowed']);
    if (good === undefined) await rm(path);
    else await writeFile(path, good);
    await expectWell();
  });

  it('a stack file that is taken away is written again: commands and wrapped servers find the firewall', async () => {
    const path = join(stack.dataDir, 'stack.json');
    const before = await readFile(path, 'utf8');
    await rm(path);
    await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toBe(before);
    await writeFile(path, '{}');
    await expect.poll(() => readFile(path, 'utf8')).toBe(before);
    const { stdout } = await run(process.execPath, [AEGIS, 'check', 'ok.go'], {
      env: { ...process.env, AEGIS_DATA_DIR: stack.dataDir },
    });
    expect(stdout).toContain('allow');
  });

  it('a data directory that is moved away allows nothing, and all goes on when it is back', async () => {
    const before = (await allAudit(stack.url)).length;
    const elsewhere = `${stack.dataDir}-moved`;
    await rename(stack.dataDir, elsewhere);
    await expect
      .poll(() => said('enforcer'))
      .toMatch(/jetstream is gone: nothing can be stored, so nothing is/);
    const refused = await enforce(stack.url, { tool: 'ok.go' });
    expect([refused.status, refused.body.allowed]).toEqual([503, false]);
    await rm(stack.dataDir, { recursive: true, force: true });
    await rename(elsewhere, stack.dataDir);
    await expect.poll(ask).toEqual([200, 'allowed']);
    const entries = await allAudit(stack.url);
    expect(entries.length).toBeGreaterThan(before);
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  });
});
