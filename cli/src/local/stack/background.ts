import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const LAST_BYTES = 4_096;

/** What a stack in the background prints, its log included. */
export const logFilePath = (dataDir: string): string => join(dataDir, 'aegis.log');

export type Background = Awaited<ReturnType<typeof startBackground>>;

async function lastLine(path: string, from: number): Promise<string> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    const start = Math.max(from, size - LAST_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LAST_BYTES), 0, LAST_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead).trim().split('\n').at(-1) ?? '';
  } catch {
    return '';
  }
}

/** Starts `aegis up` so that it outlives this process and its terminal, with all that it prints in a file of the owner's. */
export async function startBackground(dataDir: string, env: NodeJS.ProcessEnv) {
  const path = logFilePath(dataDir);
  await using log = await open(path, 'a', 0o600);
  const { size } = await log.stat();
  const child = spawn(process.execPath, [MAIN, 'up', '--detached'], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env,
    windowsHide: true,
  });
  let ended = false;
  child.once('error', () => (ended = true)).once('exit', () => (ended = true));
  child.unref();
  return {
    hasEnded: () => ended,
    /** The last line that it printed; empty where it printed none. */
    lastWords: () => lastLine(path, size),
  };
}
