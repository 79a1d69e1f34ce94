import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, startStack } from './testkit/stack.ts';

const DEMO = fileURLToPath(new URL('../examples/demo/main.ts', import.meta.url));

type Run = { code: number; stdout: string; stderr: string };

const runDemo = (args: string[], env: Record<string, string>): Promise<Run> =>
  new Promise((resolve) => {
    const { PATH = '' } = process.env;
    const options = { env: { PATH, ...env }, timeout: 60_000 };
    execFile(process.execPath, [DEMO, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });

/** What the stations of one call said, short. */
const stations = (call: string): string[] =>
  [...call.matchAll(/^ {3}(enforce|approval|audit) +(?:line \d+: )?(.*)$/gm)].map(
    ([, station, what = '']) => `${station} ${what.replace(/:.*/, '').replace(/apr_\w+ /, '')}`,
  );

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

it('the demo takes five calls through every station and shows each one', async () => {
  const { code, stdout, stderr } = await runDemo(['--yes'], {
    AEGIS_DATA_DIR: stack.dataDir,
    APPROVAL_CODE: stack.code,
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const calls = stdout.split(/\n\d\. /).slice(1);
  const afterApproval = [
    'enforce pending',
    'approval is approved',
    'enforce allowed',
    'audit approval.requested pending',
    'audit enforce pending',
    'audit approval.approved approved',
    'audit approval.consumed consumed',
    'audit enforce allowed',
  ];
  expect(calls.map(stations)).toEqual([
    ['enforce allowed', 'audit enforce allowed'],
    ['enforce allowed', 'audit enforce allowed'],
    afterApproval,
    ['enforce blocked', 'audit enforce blocked'],
    afterApproval,
  ]);
  expect(calls[2]).toContain("Amount 12500 exceeds cap 5000 for pattern 'refunds.*'");
  expect(calls[3]).toMatch(/event +aegis\.decision\.enforced\.v1 at \d+, by rule 1 'db\.drop\*'/);
});

it('--yes without a code says where the code is, and does nothing', async () => {
  const { code, stdout, stderr } = await runDemo(['--yes'], { AEGIS_DATA_DIR: stack.dataDir });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('"npm start" prints the one that it made');
});

it('without a running stack the demo says how to start one', async () => {
  const { code, stderr } = await runDemo([], { AEGIS_DATA_DIR: `${stack.dataDir}/none` });
  expect(code).toBe(1);
  expect(stderr).toContain('start it with "npm start"');
});
