import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { auditQuery } from '@aegis/contracts/audit';
import { type HealthReply, healthOf } from '@aegis/contracts/health';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuditProcess, spawnAudit } from './testkit/process.ts';
import {
  approvalAsked,
  enforced,
  type Files,
  linesOf,
  makeFiles,
  type Stack,
  soon,
  startStack,
} from './testkit/stack.ts';

const KILLS = 15;
const run = promisify(execFile);
const hasPrlimit =
  process.platform === 'linux' && (await run('prlimit', ['--version']).catch(() => undefined));

let stack: Stack;
let files: Files;
let running: AuditProcess[] = [];
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(async () => {
  files = await makeFiles();
});
afterEach(async () => {
  for (const one of running) one.kill('SIGKILL');
  await Promise.all(running.map((one) => one.exited));
  running = [];
  await files.remove();
});

const spawn = (): AuditProcess => {
  const one = spawnAudit(stack.server, files);
  running.push(one);
  return one;
};
const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
const health = (): Promise<HealthReply> =>
  stack.gateway
    .ask(healthOf('audit'), {}, { deadlineMs: soon(1_000) })
    .catch(() => ({ status: 'degraded', problems: ['no answer'] }));
const problems = async () => (await health()).problems.join(' ');

/** Whether the file has all that is stored: only then a query is answered. */
const isCaughtUp = (): Promise<boolean> =>
  stack.gateway.ask(auditQuery, { limit: 1 }, { deadlineMs: soon(1_000) }).then(
    () => true,
    () => false,
  );

/** Waits for the last event, then compares the files with what was stored. */
async function expectAll(ids: ReadonlySet<string>, approvals: readonly string[]) {
  await expect
    .poll(async () => (await linesOf(files.auditPath)).length, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(ids.size);
  const lines = await linesOf(files.auditPath);
  expect(lines.map((line) => line.seq)).toEqual(lines.map((_, i) => i + 1));
  const written = lines.map((line) => line.event_id);
  expect(new Set(written).size).toBe(written.length);
  expect([...ids].filter((id) => !written.includes(id))).toEqual([]);
  expect((await linesOf(files.approvalsPath)).map((line) => line.event_id).toSorted()).toEqual(
    approvals.toSorted(),
  );
}

describe('the audit service as a process', () => {
  it(`loses nothing, doubles nothing and keeps the order, killed ${KILLS} times while events come in`, {
    timeout: 120_000,
  }, async () => {
    const ids = new Set<string>();
    const approvals: string[] = [];
    const killing = new AbortController();
    const storeOn = async () => {
      while (!killing.signal.aborted) {
        const some = await Promise.all(Array.from({ length: 12 }, () => enforced(stack.enforcer)));
        const asked = await Promise.all(Array.from({ length: 4 }, () => approvalAsked(stack.approvals)));
        for (const id of [...some, ...asked]) ids.add(id);
        approvals.push(...asked);
      }
    };
    const storing = storeOn();
    for (let kill = 0; kill < KILLS; kill++) {
      const before = await sizeOf(files.auditPath);
      const victim = spawn();
      await expect
        .poll(() => sizeOf(files.auditPath), { timeout: 10_000, interval: 3 })
        .toBeGreaterThan(before);
      await new Promise((resolve) => setTimeout(resolve, kill * 4));
      victim.kill('SIGKILL');
      expect(await victim.exited).toBeNull();
    }
    killing.abort();
    await storing;
    expect(ids.size).toBeGreaterThan(2_000);
    const last = spawn();
    await expectAll(ids, approvals);
    last.kill('SIGTERM');
    expect(await last.exited).toBe(0);
    expect(running.map((one) => one.stderr()).filter((text) => text.includes('ExperimentalWarning'))).toEqual(
      [],
    );
  });

  it('refuses to be the second one, in a sentence, and takes over from a killed one', async () => {
    const first = spawn();
    await expect.poll(problems, { timeout: 10_000 }).toBe('');
    // Killed in the middle of a write it may well leave a torn end.
    await expect.poll(isCaughtUp, { timeout: 10_000 }).toBe(true);
    const second = spawn();
    expect(await second.exited).toBe(1);
    expect(second.stderr()).toBe(
      `audit: Another audit service writes ${files.auditPath} already. Stop it, or give this one a file of its own.\n`,
    );
    first.kill('SIGKILL');
    await first.exited;
    spawn();
    await expect.poll(problems, { timeout: 10_000 }).toBe('');
    expect((await readdir(files.folder)).filter((name) => name.includes('torn'))).toEqual([]);
  });

  it.skipIf(!hasPrlimit)(
    'says that the disk is full, and writes what waited when there is room',
    async () => {
      const { pid } = spawn();
      await expect.poll(problems, { timeout: 10_000 }).toBe('');
      await expect.poll(isCaughtUp, { timeout: 20_000 }).toBe(true);
      const limit = (bytes: string) => run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
      await limit(String((await sizeOf(files.auditPath)) + 700));
      const ids = await Promise.all(Array.from({ length: 50 }, () => enforced(stack.enforcer)));
      await expect.poll(problems, { timeout: 2_000 }).toMatch(/No room.*No event is lost/);
      await limit('unlimited');
      await expect.poll(problems, { timeout: 5_000 }).toBe('');
      await expect.poll(isCaughtUp, { timeout: 20_000 }).toBe(true);
      const written = (await linesOf(files.auditPath)).map((line) => line.event_id);
      expect(ids.filter((id) => written.filter((one) => one === id).length !== 1)).toEqual([]);
    },
  );
});
