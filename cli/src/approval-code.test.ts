import { expect, test } from 'vitest';
import { approvalCode } from './approval-code.ts';
import { fakeHost } from './testkit/fake-host.ts';

test('--code comes before APPROVAL_CODE', async () => {
  const host = fakeHost({ env: { APPROVAL_CODE: 'from-env' } });
  expect(await approvalCode(host, 'given')).toBe('given');
  expect(await approvalCode(host, undefined)).toBe('from-env');
});

test('without a terminal the first line of standard input is the code, and nothing is asked', async () => {
  const host = fakeHost();
  host.stdin.end('piped code \r\nsecond\n');
  expect(await approvalCode(host, undefined)).toBe('piped code ');
  expect(host.err()).toBe('');
});

test('at a terminal the code is asked for and what is typed is not shown', async () => {
  const host = fakeHost({ terminal: true });
  const code = approvalCode(host, undefined);
  host.stdin.write('secrex\u007ft\r');
  expect(await code).toBe('secret');
  expect(host.err()).toBe('Approval code: \n');
  expect(host.out()).toBe('');
});

test('Ctrl-C at the question decides nothing', async () => {
  const host = fakeHost({ terminal: true });
  const code = approvalCode(host, undefined);
  host.stdin.write('half\u0003');
  await expect(code).rejects.toMatchObject({ exitCode: 1, message: 'Nothing was decided.' });
});

test.each([undefined, ''])(
  'no code is wrong usage and never sent, because a wrong one denies (%j)',
  async (given) => {
    const host = fakeHost();
    host.stdin.end('');
    await expect(approvalCode(host, given)).rejects.toMatchObject({ exitCode: 2 });
  },
);
