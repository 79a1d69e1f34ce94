import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { codeOf, whyNoFile } from '@aegis/kit/errors';
import { makeFolder } from '@aegis/kit/files';
import { parseStrictJson } from '@aegis/kit/json';
import { z } from 'zod';
import { failure } from '../cli-error.ts';
import { replaceFile } from '../policy-file/replace-file.ts';

/** What is no server is for the firewall to say, and stays as it is. */
const Entries = z.record(z.string(), z.unknown());
const Servers = z.union([
  z.looseObject({ mcpServers: Entries, servers: z.undefined().optional() }),
  z.looseObject({ servers: Entries, mcpServers: z.undefined().optional() }),
]);
type Servers = z.infer<typeof Servers>;

/** As most have them, or as VS Code has them. */
const entriesOf = ({ mcpServers, servers }: Servers) => mcpServers ?? servers ?? {};
const withEntries = (file: Servers, entries: Record<string, unknown>): Servers =>
  file.servers === undefined ? { ...file, mcpServers: entries } : { ...file, servers: entries };

/** The servers that the running firewall reaches by HTTP; an absent file holds none. */
async function readServers(path: string): Promise<Servers> {
  try {
    return Servers.parse(parseStrictJson((await readFile(path, 'utf8')).replace(/^\uFEFF/, '')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { mcpServers: {} };
    const why =
      error instanceof Error && 'syscall' in error
        ? `can't be read: ${whyNoFile(error)}`
        : 'is no file of servers with "mcpServers"';
    const detail = `${path} ${why}; mend it, or move it away. Nothing was changed.`;
    throw failure('servers_file_unreadable', 'The servers file is not readable', detail, error);
  }
}

/** For its owner alone: what moves there may hold secrets. */
async function writeServers(path: string, servers: Servers): Promise<void> {
  const text = `${JSON.stringify(servers, null, 2)}\n`;
  await makeFolder(dirname(path), 0o700);
  await replaceFile(path, text, 'owner');
}

/** The names that are taken, each with its server. */
export const knownServers = async (path: string): Promise<ReadonlyMap<string, unknown>> =>
  new Map(Object.entries(entriesOf(await readServers(path))));

/** Adds servers; others stay. @throws CliError `servers_file_unreadable`, `file_unwritable` */
export async function addServers(
  path: string,
  added: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<void> {
  if (added.size === 0) return;
  const servers = await readServers(path);
  await writeServers(path, withEntries(servers, { ...entriesOf(servers), ...Object.fromEntries(added) }));
}

/** Takes servers out again, each only where it is still the one that was added. */
export async function removeServers(path: string, removed: ReadonlyMap<string, unknown>): Promise<void> {
  if (removed.size === 0) return;
  const servers = await readServers(path);
  const kept = Object.entries(entriesOf(servers)).filter(
    ([name, value]) => !removed.has(name) || !isDeepStrictEqual(value, removed.get(name)),
  );
  await writeServers(path, withEntries(servers, Object.fromEntries(kept)));
}
