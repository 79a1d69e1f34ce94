import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '@aegis/kit/env';
import { notRunning } from '../../gateway/address.ts';
import { type Background, logFilePath, startBackground } from './background.ts';
import { backgroundEnv } from './background-env.ts';
import { lockDirectory } from './directory-lock.ts';
import { dataDirOf, readStackFile, type Stack } from './stack-file.ts';

/** A first start may have to fetch a NATS server. */
const READY_WITHIN_MS = 180_000;
const POLL_MS = 50;

export type EnsuredStack = {
  readonly stack: Stack;
  /** False where it ran already. */
  readonly isNew: boolean;
};

async function running(dataDir: string): Promise<Stack | undefined> {
  const found = await readStackFile(dataDir);
  return found.state === 'running' ? found.stack : undefined;
}

const tooLate = (dataDir: string): Error =>
  notRunning(`AegisMCP did not start within ${READY_WITHIN_MS / 1_000} s: see ${logFilePath(dataDir)}.`);

async function ended(dataDir: string, background: Background): Promise<Error> {
  const words = (await background.lastWords()).replace(/^aegis: /, '') || 'it said nothing';
  return notRunning(`AegisMCP could not be started in the background: ${words} (${logFilePath(dataDir)})`);
}

/** Whether a stack has the data directory, perhaps one that somebody starts at this moment. */
async function isTaken(dataDir: string): Promise<boolean> {
  const lock = await lockDirectory(dataDir, 'stack');
  lock?.release();
  return lock === undefined;
}

/** Starts one and waits until it says where it is. For the holder of the start lock. */
async function startOne(env: Env, dataDir: string, giveUpAt: number): Promise<Stack> {
  const background = await startBackground(dataDir, await backgroundEnv(env, dataDir));
  while (Date.now() < giveUpAt) {
    const over = background.hasEnded();
    const stack = await running(dataDir);
    if (stack !== undefined) return stack;
    if (over && !(await isTaken(dataDir))) throw await ended(dataDir, background);
    await sleep(POLL_MS);
  }
  throw tooLate(dataDir);
}

/**
 * The stack that runs from the data directory; where none does, one is started in the background, which outlives this
 * process. Of many that ask at once one starts it and the others wait for it.
 *
 * @throws CliError one sentence that says why there is none
 */
export async function ensureStack(env: Env): Promise<EnsuredStack> {
  const dataDir = resolve(dataDirOf(env));
  const before = await running(dataDir);
  if (before !== undefined) return { stack: before, isNew: false };
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    const lock = await lockDirectory(dataDir, 'start');
    try {
      const stack = await running(dataDir);
      if (stack !== undefined) return { stack, isNew: true };
      if (lock !== undefined) return { stack: await startOne(env, dataDir, giveUpAt), isNew: true };
    } finally {
      lock?.release();
    }
    await sleep(POLL_MS);
  }
  throw tooLate(dataDir);
}
