import { isDeepStrictEqual } from 'node:util';
import { createWatchedFile } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';
import type { ServerEntry } from './entry.ts';
import { parseServers, type Servers } from './parse-servers.ts';

export type ServersFile = ReturnType<typeof createServersFile>;

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
export function createServersFile(path: string, log: Logger, changed: (find: ServersFile['find']) => void) {
  const file = createWatchedFile<Servers>({
    path,
    what: 'servers file',
    parse(text, last) {
      const read = parseServers(text);
      return 'problem' in read ? read : { file: keepEqual(last, read.file) };
    },
    nothing: new Map(),
    nothingMeans: 'there are no servers',
    missing: 'nothing',
    bad: 'last-good',
    log,
    changed(_before, servers) {
      log.info({ servers: [...servers.keys()] }, 'servers in force');
      changed((name) => servers.get(name));
    },
  });
  return {
    start: (): Promise<void> => file.start(),
    stop: (): void => file.stop(),
    /** The entry in force. The same object for as long as the entry does not change. */
    find: (name: string): ServerEntry | undefined => file.content.get(name),
    get problem(): string | undefined {
      return file.problem;
    },
    get size(): number {
      return file.content.size;
    },
  };
}
