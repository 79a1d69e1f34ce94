import { existsSync } from 'node:fs';
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
import { obstacle, upstreamOf } from './entry-obstacle.ts';
import { ownWords, takeOut, type Value, wrapIn } from './wrap-form.ts';

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

/** What is known beside the entries: the servers that the firewall reaches by HTTP, and what was written the last time. */
export type Known = {
  readonly servers: ReadonlyMap<string, unknown>;
  readonly written?: Written | undefined;
};

const left = (entry: ClientServer, because: string): Step => ({ to: 'left', entry, because });

/** An entry that is behind the firewall, or that is not to be; undefined where something has to be done with it. */
function standing(entry: ClientServer, firewall: Firewall, { servers, written }: Known): Step | undefined {
  const { value } = entry;
  if (entry.unknownPlace !== undefined)
    return left(entry, `it stands in "${entry.unknownPlace}", a list that protect does not know`);
  if (isFirewallItself(value, firewall)) return { to: 'self', entry };
  const wrapped = wrappedName(value, firewall, written);
  if (wrapped?.isWhole) return { to: 'none', entry, name: wrapped.name, original: takeOut(value) };
  const proxied = proxiedName(value, firewall.mcpUrl);
  if (proxied === undefined) return undefined;
  if (!servers.has(proxied)) return left(entry, `${firewall.serversPath} has no server of that name`);
  return { to: 'none', entry, name: proxied, original: { ...value, ...(servers.get(proxied) as object) } };
}

/** Whether a launcher is ours, or was: the project's folder may have moved. */
const isOurs = (path: string, launcher: string): boolean => isSameFile(path, launcher) || !existsSync(path);

/**
 * What our own form holds is taken out of it and put behind anew, with its own words where we wrote it: they say how much
 * is recorded, which is not for whoever wrote an entry that only looks like ours.
 */
function unwrapped(
  value: Value,
  { launcher }: Firewall,
  written: Written | undefined,
): { original: Value; words?: readonly string[] } {
  const wrap = wrapIn(value);
  if (wrap === undefined || !isOurs(wrap.launcher, launcher)) return { original: value };
  const isWritten = written !== undefined || isSameFile(wrap.launcher, launcher);
  return { original: takeOut(value), ...(isWritten && { words: ownWords(wrap) }) };
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
    const own = words !== undefined && name !== undefined && !names.has(name);
    const given = own ? name : serverNameOf(entry.name, names);
    names.add(given);
    if (typeof original['command'] === 'string') {
      const value = putBehind(original, own ? words : ['--name', given], firewall);
      const isWritten = wrappedName(entry.value, firewall, known.written) !== undefined;
      return { to: 'wrap', entry, name: given, value, original, isWritten };
    }
    const { headers: _, ...rest } = original;
    return {
      to: 'proxy',
      entry,
      name: given,
      value: { ...rest, url: `${firewall.mcpUrl}/${given}` },
      original,
    };
  });
}

/** What the servers file gets for the entries that move there. */
export const upstreams = (steps: readonly Step[]): ReadonlyMap<string, Value> =>
  new Map(
    steps.flatMap((step) => (step.to === 'proxy' ? [[step.name, upstreamOf(step.original)] as const] : [])),
  );
