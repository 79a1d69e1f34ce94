import { join } from 'node:path';
import { parseApprovers } from '@aegis/contracts/approvers-file';
import type { Env } from '@aegis/kit/env';
import { readText } from '@aegis/kit/files';

/** By what people approve: the code, keys of their own, or nothing yet. */
export type WhoApproves = 'code' | 'people' | 'nobody';

/** Where the approvers of a data directory stand. */
export const approversPath = (env: Env, dataDir: string): string =>
  env['APPROVERS_FILE'] || join(dataDir, 'approvers.json');

/** Who can approve. A file that can't be read says nothing of anybody. */
export async function whoApproves(hasCode: boolean, approversFile: string): Promise<WhoApproves> {
  if (hasCode) return 'code';
  const found = await readText(approversFile);
  const read = found.state === 'text' ? parseApprovers(found.text) : undefined;
  const approvers = read !== undefined && 'file' in read ? read.file.approvers : {};
  return Object.keys(approvers).length > 0 ? 'people' : 'nobody';
}
