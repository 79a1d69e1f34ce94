import { isDeepStrictEqual } from 'node:util';
import { parseServers, type ServerEntry, type Servers } from '@aegis/firewall/servers';
import { createWatchedFile } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';

export type ServersFile = ReturnType<typeof createServersFile>;

/**
 * The new entries; what did not change stays the object that it was. An entry that turned bad leaves its last good one in
 * force, as a file does.
 */
function keepEqual(before: Servers, { entries, problems }: Servers): Servers {
  const kept = [...entries].map(([name, entry]) => {
    const old = before.entries.get(name);
    return [name, isDeepStrictEqual(old, entry) ? old : entry] as [string, ServerEntry];
  });
  const lastGood = [...problems.keys()].flatMap((name) => {
    const old = before.entries.get(name);
    return old === undefined ? [] : [[name, old] as const];
  });
  return { entries: new Map([...kept, ...lastGood]), problems };
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
    nothing: { entries: new Map(), problems: new Map() },
    nothingMeans: 'there are no servers',
    missing: 'nothing',
    bad: 'last-good',
    log,
    changed(_before, { entries, problems }) {
      log.info({ servers: [...entries.keys()] }, 'servers in force');
      for (const [server, problem] of problems) log.warn({ server, problem }, 'server refused');
      changed((name) => entries.get(name));
    },
  });
  /** Why the entry of that name is not served as it stands in the file, in a sentence for people. */
  const problemOf = (name: string): string | undefined => {
    const { entries, problems } = file.content;
    const problem = problems.get(name);
    if (problem === undefined) return undefined;
    const now = entries.has(name) ? 'the last good one stays in force' : 'it is not served';
    return `the server ${JSON.stringify(name)} of ${path} was refused (${problem}); ${now}`;
  };
  return {
    start: (): Promise<void> => file.start(),
    stop: (): void => file.stop(),
    /** The entry in force. The same object for as long as the entry does not change. */
    find: (name: string): ServerEntry | undefined => file.content.entries.get(name),
    problemOf,
    /** What is wrong with single entries, while the others are served. */
    get warnings(): string[] {
      return [...file.content.problems.keys()].flatMap((name) => problemOf(name) ?? []);
    },
    get problem(): string | undefined {
      return file.problem;
    },
    get size(): number {
      return file.content.entries.size;
    },
  };
}
