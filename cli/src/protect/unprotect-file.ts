import { rm } from 'node:fs/promises';
import { isObject } from '@aegis/kit/json';
import { replaceFile } from '../policy-file/replace-file.ts';
import { type Firewall, isSameFile, proxiedName } from './behind.ts';
import { type ClientServer, readEntries, replaceEntry, SAYS, samePath } from './client-config.ts';
import { withUpstream } from './entry-address.ts';
import { fileBehind, readText } from './file-text.ts';
import { backupOf, readCopy } from './kept-copy.ts';
import { requireNoOtherFirewall } from './no-other-firewall.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { digestOfText, readRegistry, remember, rememberCopy } from './registry.ts';
import { knownServers, removeServers } from './servers-file.ts';
import { isText, takeOut, wrapIn } from './wrap-form.ts';

export type Unprotected = {
  readonly result: Result;
  /** Where it is as it was before all: kept beside a file that was changed since. */
  readonly copy?: string;
};

type Result =
  /** Nobody changed the file since: it has its old bytes again. */
  | 'restored'
  /** It was changed since: only the servers behind the firewall are as they were, the rest stays. */
  | 'taken_out'
  /** Nothing in it is behind the firewall. */
  | 'not_protected';

/**
 * Takes a client's servers from behind the firewall.
 *
 * @throws CliError one sentence; the file is as it was then
 */
export const unprotectFile = (given: string, firewall: Firewall): Promise<Unprotected> =>
  oneAtATime(firewall.dataDir, async () => {
    const { dataDir, mcpUrl, serversPath, launcher } = firewall;
    const registry = await readRegistry(dataDir);
    const file = await fileBehind(given, registry);
    const known = registry[file];
    const text = await readText(file);
    const isOurs = ({ value }: ClientServer): boolean => {
      const wrap = wrapIn(value);
      if (wrap !== undefined) return known !== undefined || isSameFile(wrap.launcher, launcher);
      return proxiedName(value, mcpUrl) !== undefined;
    };
    const behind = readEntries(file, text, SAYS.unprotect).filter(isOurs);
    if (known === undefined) await requireNoOtherFirewall(file, behind, firewall);
    if (behind.length === 0) return { result: 'not_protected' };
    const original = await readCopy(file, known);
    const before = original === undefined ? [] : readEntries(file, original);
    const servers = await knownServers(serversPath);

    const valueBefore = (entry: ClientServer): Readonly<Record<string, unknown>> => {
      const kept = before.find((one) => samePath(one, entry));
      if (kept) return kept.value;
      const upstream = servers.get(proxiedName(entry.value, mcpUrl) ?? '');
      if (isText(entry.value['command'])) return takeOut(entry.value);
      return isObject(upstream) ? withUpstream(entry.value, upstream) : entry.value;
    };
    const isUntouched = known?.written === digestOfText(text);
    const next =
      original !== undefined && isUntouched
        ? original
        : behind.reduce((result, entry) => replaceEntry(result, entry.path, valueBefore(entry)), text);
    await replaceFile(file, next);
    await removeServers(serversPath, addedFor(behind, servers, mcpUrl));
    const isRestored = next === original;
    if (isRestored) await rm(backupOf(file), { force: true });
    else if (original !== undefined) await rememberCopy(dataDir, file, original);
    await remember(dataDir, file, undefined);
    if (isRestored) return { result: 'restored' };
    return { result: 'taken_out', ...(original !== undefined && { copy: backupOf(file) }) };
  });

/** The servers that stood in the servers file for these entries. */
function addedFor(
  entries: readonly ClientServer[],
  servers: ReadonlyMap<string, unknown>,
  mcpUrl: string,
): ReadonlyMap<string, unknown> {
  const names = entries.flatMap(({ value }) =>
    'command' in value ? [] : [proxiedName(value, mcpUrl) ?? ''],
  );
  return new Map(names.map((name) => [name, servers.get(name)]));
}
