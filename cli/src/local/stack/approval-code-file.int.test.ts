import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../testkit/temporary-directory.ts';
import { codeFilePath, ensureCodeFile } from './approval-code-file.ts';

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

test('a code is made once, for its owner only, and kept', async () => {
  const dataDir = await temporaryDirectory();
  const file = codeFilePath(dataDir);
  expect(await ensureCodeFile({}, dataDir)).toBe(file);
  const code = await readFile(file, 'utf8');
  expect([code, await modeOf(file)]).toEqual([expect.stringMatching(/^[\w-]{22}\n$/), '600']);
  await ensureCodeFile({}, dataDir);
  expect(await readFile(file, 'utf8')).toBe(code);
});

test('what a start that was cut short left beside it widens nothing', async () => {
  const dataDir = await temporaryDirectory();
  const file = codeFilePath(dataDir);
  await writeFile(`${file}.tmp`, 'old');
  await chmod(`${file}.tmp`, 0o644);
  await ensureCodeFile({}, dataDir);
  expect(await modeOf(file)).toBe('600');
});

test('where the environment has the code none is made', async () => {
  const dataDir = await temporaryDirectory();
  expect(await ensureCodeFile({ APPROVAL_CODE: 'x' }, dataDir)).toBeUndefined();
  expect(await readdir(dataDir)).toEqual([]);
});
