import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { approvalCodeOf, makeApprovalCode } from './config.ts';

let folder: string;
const file = (): string => join(folder, 'code');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-code-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('takes the code from the file, without the end of its line', async () => {
  await writeFile(file(), 'from the file\n');
  expect(approvalCodeOf({ APPROVAL_CODE_FILE: file() })).toBe('from the file');
});

it('takes APPROVAL_CODE where both are set', async () => {
  await writeFile(file(), 'from the file\n');
  expect(approvalCodeOf({ APPROVAL_CODE: 'chosen', APPROVAL_CODE_FILE: file() })).toBe('chosen');
});

it.each(['', '\n', 'short\n'])('starts with no code that could be guessed: %j in the file', async (text) => {
  await writeFile(file(), text);
  expect(() => approvalCodeOf({ APPROVAL_CODE_FILE: file() })).toThrow(
    `APPROVAL_CODE_FILE: ${file()} needs a code of 6 or more characters`,
  );
});

it('says which file it can not read', () => {
  expect(() => approvalCodeOf({ APPROVAL_CODE_FILE: file() })).toThrow(`${file()} can not be read`);
});

it('has no default code', () => {
  expect(() => approvalCodeOf({})).toThrow('APPROVAL_CODE: is needed');
  expect(makeApprovalCode()).not.toBe(makeApprovalCode());
});
