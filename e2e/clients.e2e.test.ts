import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allAudit, asApprover, get, post } from './testkit/rest.ts';
import { startRuledStack } from './testkit/ruled-stack.ts';
import { CODE, type Stack } from './testkit/stack.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

let stack: Stack;
beforeAll(async () => {
  stack = await startRuledStack({ rules: [{ match: '*', decision: 'review' }] });
});
afterAll(() => stack.stop());

/** The example of a client's page, as it stands there. */
async function exampleOf(client: string, language: string): Promise<string> {
  const page = await readFile(new URL(`../clients/${client}/README.md`, import.meta.url), 'utf8');
  const [, block] = new RegExp(`\`\`\`${language}\n(.*?)\n\`\`\``, 's').exec(page) ?? [];
  expect(block).toBeDefined();
  return block ?? '';
}

type Waiting = { approval_id: string; status: string; args: { order: string }; reason: string };

/** What an example prints, while a person approves the call that it waits with. */
async function approveMeanwhile(command: string, args: string[], order: string): Promise<string> {
  const env = { ...process.env, AEGIS_URL: stack.url, PYTHONPATH: `${ROOT}clients/python` };
  const child = spawn(command, args, { cwd: ROOT, env: { ...env, PYTHONDONTWRITEBYTECODE: '1' } });
  const [printed, ended] = [Promise.all([text(child.stdout), text(child.stderr)]), once(child, 'exit')];
  const waiting = async () => {
    const { body } = await get<{ approvals: Waiting[] }>(stack.url, '/approvals?status=pending', asApprover);
    return body.approvals.find((one) => one.args.order === order);
  };
  await expect.poll(waiting, { timeout: 60_000 }).toMatchObject({ reason: 'The parcel was lost' });
  const path = `/approvals/${(await waiting())?.approval_id}/approve`;
  expect((await post(stack.url, path, {}, { authorization: `Bearer ${CODE}` })).status).toBe(200);
  const [stdout, stderr] = await printed;
  expect([stderr, (await ended)[0]]).toEqual(['', 0]);
  return stdout;
}

/** What is on record of the approval that a client's run used, oldest first. */
async function recorded(order: string): Promise<(string | null)[][]> {
  const { body } = await get<{ approvals: Waiting[] }>(stack.url, '/approvals', asApprover);
  const id = body.approvals.find((one) => one.args.order === order)?.approval_id ?? 'none';
  const isOf = (one: { approval_id?: string; note?: string | null }) =>
    one.approval_id === id || one.note?.includes(id) === true;
  const lines = (await allAudit(stack.url)) as Parameters<typeof isOf>[0][];
  return lines.filter(isOf).map((line) => {
    const { action, status, ok } = line as { action: string; status: string | null; ok: boolean | null };
    return [action, status ?? String(ok)];
  });
}

const RAN_ONCE = [
  ['approval.requested', 'pending'],
  ['enforce', 'pending'],
  ['idempotency.answered', 'null'],
  ['approval.approved', 'approved'],
  ['approval.consumed', 'consumed'],
  ['enforce', 'allowed'],
  ['idempotency.answered', 'null'],
  ['client:run succeeded', 'true'],
];

it("the TypeScript client's example waits for a person, runs once, and says how it ended", async () => {
  const example = await exampleOf('typescript', 'ts');
  const flags = ['--no-warnings', '--input-type=module-typescript', '-e', example];
  expect(await approveMeanwhile(process.execPath, flags, 'A-1001')).toBe('refunded 12500 of A-1001\n');
  await expect.poll(() => recorded('A-1001')).toEqual(RAN_ONCE);
});

const hasPython = await once(spawn('python3', ['--version'], { stdio: 'ignore' }), 'exit').then(
  () => true,
  () => false,
);
if (!hasPython) process.stderr.write('SKIPPED: there is no python3 here: the Python client is not tested.\n');

it.skipIf(!hasPython)(
  "the Python client's example waits for a person, runs once, and says how it ended",
  async () => {
    const example = await exampleOf('python', 'python');
    expect(await approveMeanwhile('python3', ['-c', example], 'B-2002')).toBe('refunded 12500 of B-2002\n');
    await expect.poll(() => recorded('B-2002')).toEqual(RAN_ONCE);
  },
);
