import { rm } from 'node:fs/promises';
import { replaceFile } from '@aegis/kit/files';
import { isHeld } from '@aegis/kit/files/lock';
import { folderProblem, phasePath, readPhase } from '../../../relay/data-directory.js';
import { lockPath } from './directory-lock.ts';

/** A stack that has its data directory and does not say where it is: not yet, or no more. */
export type Between = {
  readonly state: 'between';
  readonly phase: 'starting' | 'stopping' | 'starting or stopping';
  readonly pid?: number;
};

/** Says what this process does with a data directory that it has: a remark, without which nothing is wrong. */
export const markPhase = (dataDir: string, phase: 'starting' | 'stopping'): Promise<void> =>
  replaceFile(phasePath(dataDir), `${JSON.stringify({ phase, pid: process.pid })}\n`, {
    mode: 'owner',
  }).catch(() => undefined);

export const unmarkPhase = (dataDir: string): Promise<void> =>
  rm(phasePath(dataDir), { force: true }).catch(() => undefined);

/**
 * What goes on in a data directory of which no stack says where it is. Its locks are the proof, and end with their process;
 * the remark beside them may be of one that was killed.
 */
export async function between(dataDir: string): Promise<Between | undefined> {
  const isUnused = await folderProblem(dataDir).catch(() => 'it is not there');
  if (isUnused !== undefined) return undefined;
  if (isHeld(lockPath(dataDir, 'stack'))) {
    const marked = await readPhase(dataDir);
    // An older AegisMCP makes no remark.
    return { state: 'between', phase: 'starting or stopping', ...marked };
  }
  return isHeld(lockPath(dataDir, 'start')) ? { state: 'between', phase: 'starting' } : undefined;
}
