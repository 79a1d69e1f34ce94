import { readFile, stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { watchPath } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';
import type { ServerEntry } from './entry.ts';
import { type ParsedServers, parseServers, type Servers } from './parse-servers.ts';

const MAX_FILE_BYTES = 1_048_576;

export type ServersFile = {
  start(): Promise<void>;
  stop(): void;
  /** The entry in force. The same object for as long as the entry does not change. */
  find(name: string): ServerEntry | undefined;
  readonly problem: string | undefined;
  readonly size: number;
};

/** What stands at the path now; a missing file means that there are no servers. Never throws. */
async function readServers(path: string): Promise<ParsedServers> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) return { problem: `it is larger than ${MAX_FILE_BYTES} bytes` };
    return parseServers(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { servers: new Map() };
    return { problem: error instanceof TypeError ? 'it is not UTF-8 text' : `it can't be read: ${message}` };
  }
}

/** The new entries; what did not change stays the object that it was. */
function keepEqual(before: Servers, after: Servers): Servers {
  const kept = [...after].map(([name, entry]) => {
    const old = before.get(name);
    return [name, isDeepStrictEqual(old, entry) ? old : entry] as [string, ServerEntry];
  });
  return new Map(kept);
}

/**
 * The servers that a file describes, read again when it changes. A file that turns bad leaves the last good one in force.
 * `changed` is told when other entries are in force than before.
 */
export function createServersFile(
  path: string,
  log: Logger,
  changed: (find: ServersFile['find']) => void,
): ServersFile {
  let servers: Servers = new Map();
  let problem: string | undefined;
  let watcher: { stop(): void } | undefined;

  const find = (name: string): ServerEntry | undefined => servers.get(name);
  const take = async (): Promise<void> => {
    const read = await readServers(path);
    if ('problem' in read) {
      problem = `the servers file ${path} was refused (${read.problem}); the last good one stays in force`;
      log.warn({ problem }, 'servers file not in force');
      return;
    }
    problem = undefined;
    servers = keepEqual(servers, read.servers);
    log.info({ servers: [...servers.keys()] }, 'servers in force');
    changed(find);
  };
  /** One at a time: an older reading must not overtake a newer one. */
  let taking: Promise<void> = Promise.resolve();
  const retake = (): Promise<void> => (taking = taking.then(take));

  return {
    async start() {
      await retake();
      watcher = watchPath(path, () => void retake());
    },
    stop: () => watcher?.stop(),
    find,
    get problem() {
      return problem;
    },
    get size() {
      return servers.size;
    },
  };
}
