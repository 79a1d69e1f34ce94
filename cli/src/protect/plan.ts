import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { serverProblem } from '@aegis/firewall/servers';
import { isObject } from '@aegis/kit/json';
import {
  type Firewall,
  isFirewallItself,
  isSameFile,
  proxiedName,
  putBehind,
  serverNameOf,
  type Written,
  wrappedName,
} from './behind.ts';
import type { ClientServer } from './client-config.ts';
import { upstreamOf, withUpstream } from './entry-address.ts';
import { obstacle } from './entry-obstacle.ts';
import { isSameServer, ownWords, takeOut, type Value, wrapIn } from './wrap-form.ts';

/** What becomes of one server of a client. `name` is what rules call it, `original` what it is without us. */
export type Step =
  | {
      readonly to: 'wrap';
      readonly entry: ClientServer;
      readonly name: string;
      readonly value: Value;
      readonly original: Value;
      /** Whether it leads to this firewall already, as an older AegisMCP wrote it. */
      readonly isWritten: boolean;
    }
  | {
      readonly to: 'proxy';
      readonly entry: ClientServer;
      readonly name: string;
      readonly value: Value;
      readonly original: Value;
    }
  | { readonly to: 'none'; readonly entry: ClientServer; readonly name: string; readonly original: Value }
  /** AegisMCP's own tools. */
  | { readonly to: 'self'; readonly entry: ClientServer }
  | { readonly to: 'left'; readonly entry: ClientServer; readonly because: string };

/**
 * What is known beside the entries: the servers that the firewall reaches by HTTP, what was written the last time, and the
 * servers that other files have under each name.
 */
export type Known = {
  readonly servers: ReadonlyMap<string, unknown>;
  readonly written?: Written | undefined;
  readonly elsewhere?: ReadonlyMap<string, readonly Value[]>;
};

const left = (entry: ClientServer, because: string): Step => ({ to: 'left', entry, because });

/** An entry that is behind the firewall, or that is not to be; undefined where something has to be done with it. */
function standing(entry: ClientServer, firewall: Firewall, { servers, written }: Known): Step | undefined {
  const { value } = entry;
  if (entry.isNoObject) return left(entry, 'it is no object');
  if (entry.unknownPlace !== undefined)
    return left(entry, `it stands in "${entry.unknownPlace}", a list that protect does not know`);
  if (isFirewallItself(value, firewall)) return { to: 'self', entry };
  const wrapped = wrappedName(value, firewall, written);
  if (wrapped?.isWhole) return { to: 'none', entry, name: wrapped.name, original: takeOut(value) };
  const proxied = proxiedName(value, firewall.mcpUrl);
  if (proxied === undefined) return undefined;
  const upstream = servers.get(proxied);
  if (!isObject(upstream)) return left(entry, `${firewall.serversPath} has no server of that name`);
  const problem = serverProblem(proxied, upstream);
  if (problem !== undefined)
    return left(entry, `its entry in ${firewall.serversPath} is none that the firewall serves (${problem})`);
  return { to: 'none', entry, name: proxied, original: withUpstream(value, upstream) };
}

/** Whether a launcher is ours, or was: the project's folder may have moved. */
const isOurs = (path: string, launcher: string): boolean =>
  isSameFile(path, launcher) || (isAbsolute(path) && !existsSync(path));

/** A server as it is without us, and the words of `aegis wrap` that it had. */
type Own = { readonly original: Value; readonly words?: readonly string[] };

/**
 * What our own form holds is taken out of it and put behind anew, with its own words where we wrote it: they say how much
 * is recorded, which is not for whoever wrote an entry that only looks like ours.
 */
function unwrapped(value: Value, { launcher }: Firewall, written: Written | undefined): Own {
  const wrap = wrapIn(value);
  if (wrap === undefined || !isOurs(wrap.launcher, launcher)) return { original: value };
  const isWritten = written !== undefined || isSameFile(wrap.launcher, launcher);
  return { original: takeOut(value), ...(isWritten && { words: ownWords(wrap) }) };
}

/** What is written for a server, under its name; left where that would read back as something else. */
function put(entry: ClientServer, name: string, own: Own, firewall: Firewall, known: Known): Step {
  const { original, words = ['--name', name] } = own;
  if (typeof original['command'] === 'string') {
    const value = putBehind(original, words, firewall);
    const readBack = wrappedName(value, firewall, known.written);
    if (!readBack?.isWhole || readBack.name !== name)
      return left(entry, 'what would be written for it reads back as something else');
    const isWritten = wrappedName(entry.value, firewall, known.written) !== undefined;
    return { to: 'wrap', entry, name, value, original, isWritten };
  }
  const value = withUpstream(original, { url: `${firewall.mcpUrl}/${name}` });
  return { to: 'proxy', entry, name, value, original };
}

/** What is to be done with each server of a client's file. */
export function planProtection(
  entries: readonly ClientServer[],
  firewall: Firewall,
  known: Known,
): readonly Step[] {
  const before = entries.map((entry) => standing(entry, firewall, known));
  const names = new Set(known.servers.keys());
  for (const step of before) if (step !== undefined && 'name' in step) names.add(step.name);
  return entries.map((entry, index): Step => {
    const stands = before[index];
    if (stands !== undefined) return stands;
    const { original, words } = unwrapped(entry.value, firewall, known.written);
    const because = obstacle(original);
    if (because !== undefined) return left(entry, because);
    const name = wrapIn(entry.value)?.name;
    const keeps = words !== undefined && name !== undefined && !names.has(name);
    // Rules and pins are by name: another server's are not for this one, in whichever file it stands.
    const isTaken = (candidate: string): boolean =>
      names.has(candidate) ||
      known.elsewhere?.get(candidate)?.some((other) => !isSameServer(other, original)) === true;
    const given = keeps ? name : serverNameOf(entry.name, isTaken);
    names.add(given);
    return put(entry, given, keeps ? { original, words } : { original }, firewall, known);
  });
}

/** What the servers file gets for the entries that move there. */
export const upstreams = (steps: readonly Step[]): ReadonlyMap<string, Value> =>
  new Map(
    steps.flatMap((step) => (step.to === 'proxy' ? [[step.name, upstreamOf(step.original)] as const] : [])),
  );
