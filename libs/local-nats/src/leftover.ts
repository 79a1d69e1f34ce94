import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerPaths } from './paths.ts';
import { type ProcessInfo, processInfo } from './process-info.ts';

export const STOP_LIMIT_MS = 3_000;

const POLL_MS = 20;

/** A process is ours when it was started with our configuration file: a pid alone may have been given anew. */
async function ourServer(pid: number, conf: string): Promise<ProcessInfo | undefined> {
  const info = await processInfo(pid);
  return info?.command.includes(conf) ? info : undefined;
}

/** Ends the server `pid` that runs with `conf`: asks, waits 3 s, then kills. Does nothing to any other process. */
export async function endServer(pid: number, conf: string): Promise<void> {
  if ((await ourServer(pid, conf)) === undefined) return;
  process.kill(pid, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < STOP_LIMIT_MS; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    if ((await ourServer(pid, conf)) === undefined) return;
  }
  process.kill(pid, 'SIGKILL');
  // What is done next to its files must find it gone.
  for (let waitedMs = 0; waitedMs < STOP_LIMIT_MS && (await ourServer(pid, conf)); waitedMs += POLL_MS) {
    await sleep(POLL_MS);
  }
}

export type ServerInDirectory = {
  readonly pid: number;
  /** The process that started it, where that one still runs. */
  readonly owner: number | undefined;
};

const readPid = async (file: string): Promise<number | undefined> => {
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  return pid > 0 ? pid : undefined;
};

/** The server that runs in a data directory already. One whose parent was killed has another parent now: no owner. */
export async function serverIn(paths: BrokerPaths): Promise<ServerInDirectory | undefined> {
  const pid = await readPid(paths.pidFile);
  if (pid === undefined) return undefined;
  const info = await ourServer(pid, paths.conf);
  if (info === undefined) return undefined;
  const owner = await readPid(paths.ownerFile);
  return { pid, owner: owner === info.parent ? owner : undefined };
}
