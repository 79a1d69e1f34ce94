import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { replaceFile } from '../policy-file/replace-file.ts';
import { nameBehind, takeOut } from './behind.ts';
import { type ClientServer, readEntries, replaceEntry, samePath } from './client-config.ts';
import { backupOf, readText } from './file-text.ts';
import { digestOfText, readRegistry, remember } from './registry.ts';
import { knownServers, removeServers } from './servers-file.ts';

export type Unprotected =
  /** Nobody changed the file since: it has its old bytes again. */
  | 'restored'
  /** It was changed since: only the servers behind the firewall are as they were, the rest stays. */
  | 'taken_out'
  /** Nothing in it is behind the firewall. */
  | 'not_protected';

type Where = { readonly dataDir: string; readonly mcpUrl: string; readonly serversPath: string };

/**
 * Takes a client's servers from behind the firewall.
 *
 * @throws CliError one sentence; the file is as it was then
 */
export async function unprotectFile(file: string, where: Where): Promise<Unprotected> {
  const { dataDir, mcpUrl, serversPath } = where;
  const text = await readText(file);
  const behind = readEntries(file, text).filter(({ value }) => nameBehind(value, mcpUrl) !== undefined);
  if (behind.length === 0) return 'not_protected';
  const copy = backupOf(file);
  const original = existsSync(copy) ? await readText(copy) : undefined;
  const before = original === undefined ? [] : readEntries(copy, original);
  const servers = await knownServers(serversPath);

  const valueBefore = (entry: ClientServer): Readonly<Record<string, unknown>> => {
    const known = before.find((one) => samePath(one, entry));
    if (known) return known.value;
    const upstream = servers.get(nameBehind(entry.value, mcpUrl) ?? '');
    return 'command' in entry.value ? takeOut(entry.value) : { ...entry.value, ...(upstream as object) };
  };
  const isUntouched = (await readRegistry(dataDir))[file]?.written === digestOfText(text);
  const next =
    original !== undefined && isUntouched
      ? original
      : behind.reduce((result, entry) => replaceEntry(result, entry.path, valueBefore(entry)), text);
  await replaceFile(file, next);
  await removeServers(serversPath, addedFor(behind, servers, mcpUrl));
  await rm(copy, { force: true });
  await remember(dataDir, file, undefined);
  return next === original ? 'restored' : 'taken_out';
}

/** The servers that stood in the servers file for these entries. */
function addedFor(
  entries: readonly ClientServer[],
  servers: ReadonlyMap<string, unknown>,
  mcpUrl: string,
): ReadonlyMap<string, unknown> {
  const names = entries.flatMap(({ value }) => ('command' in value ? [] : [nameBehind(value, mcpUrl) ?? '']));
  return new Map(names.map((name) => [name, servers.get(name)]));
}
