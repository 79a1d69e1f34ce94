import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeApprovalCode } from '@aegis/approvals/config';
import type { Env } from '@aegis/kit/env';
import { replaceFile } from '@aegis/kit/files';

/** Where a stack in the background keeps the code that it was given. */
export const codeFilePath = (dataDir: string): string => join(dataDir, 'approval-code');

/**
 * The file with the approval code of a stack in the background, readable by the owner only: made once, then kept, so that
 * a person has to find it once. Undefined where the environment says what the code is. For the holder of the start lock.
 */
export async function ensureCodeFile(env: Env, dataDir: string): Promise<string | undefined> {
  if (env['APPROVAL_CODE'] || env['APPROVAL_CODE_FILE']) return undefined;
  const file = codeFilePath(dataDir);
  if ((await readFile(file, 'utf8').catch(() => '')).trim() !== '') return file;
  await replaceFile(file, `${makeApprovalCode()}\n`, { mode: 'owner' });
  return file;
}
