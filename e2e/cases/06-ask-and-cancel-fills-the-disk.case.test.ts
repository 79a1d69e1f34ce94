import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asApprover, type Enforced, enforce, get, post, type Reply } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const MIB = 1_048_576;
const AEGIS = join(import.meta.dirname, '../../cli/src/main.ts');
const run = promisify(execFile);
let stack: Stack;
/** An approval that was asked for and taken back. */
let taken: string;
beforeAll(async () => {
  stack = await startRuledStack({
    rules: [
      { match: 'ok.*', decision: 'allow' },
      { match: 'no.*', decision: 'deny' },
      { match: '*', decision: 'review' },
    ],
    env: {
      CALLER_ENTRIES_AT_ONCE: '40',
      CALLER_ENTRIES_PER_MINUTE: '1',
      CALLER_KIB_AT_ONCE: '4096',
      CALLER_KIB_PER_MINUTE: '1',
      DISK_WARNING_PERCENT: '1',
    },
  });
});
afterAll(() => stack.stop());

/** Asks over and over until it is refused. */
async function untilRefused<T>(
  ask: (turn: number) => Promise<Reply<T>>,
): Promise<{ turns: number; refusal: Reply<T> }> {
  for (let turns = 0; turns < 100; turns++) {
    const refusal = await ask(turns);
    if (refusal.status === 429) return { turns, refusal };
  }
  throw new Error('nothing was refused');
}
const TOO_MUCH = {
  code: 'too_many_requests',
  detail: expect.stringMatching(/^principal: anonymous .*try again in \d+ s/),
};

/** What the log takes on the disk. */
async function kept(): Promise<number> {
  const { stdout } = await run('du', ['-sk', join(stack.dataDir, 'broker')]);
  return Number.parseInt(stdout, 10) * 1_024;
}

const refusedNotes = async () => JSON.stringify((await get(stack.url, '/audit?status=refused')).body);

describe('one caller who', () => {
  it('asks the same megabyte and takes it back, over and over, has it stored once', async () => {
    const before = await kept();
    const args = { big: 'y'.repeat(1_000_000) };
    for (let turn = 0; turn < 8; turn++) {
      const asked = await enforce(stack.url, { tool: 'pay.out', args });
      const id = asked.body.approval_id ?? '';
      const shown = await get<{ args?: object }>(stack.url, `/approvals/${id}`, asApprover);
      expect(shown.body).toMatchObject({ status: 'pending', args });
      await post(stack.url, `/approvals/${id}/cancel`, {});
    }
    expect((await kept()) - before).toBeLessThan(2 * MIB);
  });

  it('asks with a megabyte and takes it back, over and over, is told to wait, and the disk has what they were let', async () => {
    const before = await kept();
    const { turns, refusal } = await untilRefused<Enforced>(async (turn) => {
      const args = { big: 'x'.repeat(1_000_000), turn };
      const asked = await enforce(stack.url, { tool: 'pay.out', args });
      taken = asked.body.approval_id ?? taken;
      await post(stack.url, `/approvals/${taken}/cancel`, {});
      return asked;
    });
    expect(turns).toBeLessThan(6);
    expect(refusal.body).toMatchObject({ ...TOO_MUCH, allowed: false });
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await kept()) - before).toBeLessThan(12 * MIB);
  });

  it('is denied, over and over, is told to wait', async () => {
    const { refusal } = await untilRefused(() => enforce(stack.url, { tool: 'no.thing' }));
    expect(refusal.body).toMatchObject(TOO_MUCH);
  });

  it('writes entries of their own, over and over, is told to wait', async () => {
    const { turns, refusal } = await untilRefused(() => post(stack.url, '/audit', { action: 'noise' }));
    expect(turns).toBe(40);
    expect(refusal.body).toMatchObject(TOO_MUCH);
    expect(refusal.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  it('takes back what is taken back, over and over, is told to wait', async () => {
    const { refusal } = await untilRefused(() => post(stack.url, `/approvals/${taken}/cancel`, {}));
    expect(refusal.body).toMatchObject(TOO_MUCH);
  });

  it('may still do what the rules allow', async () => {
    expect((await enforce(stack.url, { tool: 'ok.go' })).body).toMatchObject({ allowed: true });
  });

  it('is counted in the record', async () => {
    await expect.poll(refusedNotes).toContain('too_many_requests of 127.0.0.1');
  });
});

const FULL = /The disk of \S+ is \d+ % full, [\d.]+ GiB are left: make room/;

const aegis = async (...args: string[]) => {
  const env = { ...process.env, AEGIS_DATA_DIR: stack.dataDir, DISK_WARNING_PERCENT: '1' };
  return run(process.execPath, [AEGIS, ...args], { env }).catch((failed: { stdout: string }) => failed);
};

describe('a disk that fills', () => {
  it('is announced before anything fails: by health, which is well, in the log, by status and by doctor', async () => {
    const health = await get(stack.url, '/health');
    expect([health.status, health.body['status']]).toEqual([200, 'ok']);
    expect(JSON.stringify(health.body['warnings'])).toMatch(FULL);
    expect(stack.output()).toMatch(FULL);
    for (const command of ['status', 'doctor']) expect((await aegis(command)).stdout).toMatch(FULL);
  });
});
