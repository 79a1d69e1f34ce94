import { realpathSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { dataDirOf } from '../../relay/data-directory.js';
import { addressKeyOf } from './entry-address.ts';
import { ambiguity, isSteering } from './entry-obstacle.ts';
import {
  carried,
  envOf,
  isText,
  strayNames,
  textsOf,
  type Value,
  withStrayOnly,
  wrapIn,
} from './wrap-form.ts';

/** What is written into a client's file so that its servers are started behind the firewall. */
export type Firewall = {
  /** The Node to start, and our launcher: a client may have neither on its PATH. */
  readonly node: string;
  readonly launcher: string;
  readonly dataDir: string;
  readonly policyPath: string | undefined;
  /** The file of the servers that it reaches by HTTP. */
  readonly serversPath: string;
  /** Where servers that are reached by HTTP are served, without a slash at the end. */
  readonly mcpUrl: string;
};

/** What was written into a client's file the last time, which may be other paths than those of now. */
export type Written = {
  readonly policy_path?: string | undefined;
  readonly servers_path?: string | undefined;
};

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * `<server>` for rules and for the address: what is no letter, digit, `_` or `-` becomes `-`, of which none is first, since
 * a word that begins with one is an option. `server` where nothing is left.
 */
export function serverNameOf(name: string, isTaken: (candidate: string) => boolean): string {
  const plain =
    name
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .replace(/^-+/, '')
      .slice(0, 60) || 'server';
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? plain : `${plain}-${n}`;
    if (candidate !== '__proto__' && !isTaken(candidate)) return candidate;
  }
}

/** Whether two whole paths lead to one file, as they are or by links: now, so that this says nothing of what is behind. */
export function isSameFile(a: string, b: string): boolean {
  try {
    return a === b || (isAbsolute(a) && isAbsolute(b) && realpathSync(a) === realpathSync(b));
  } catch {
    return false;
  }
}

/** Whether a client finds Node, by its name alone, on its own PATH: Windows looks into the folder of the start first. */
const isNodeOnPath = (value: Value): boolean =>
  process.platform !== 'win32' && !strayNames(value).some((name) => name.toUpperCase() === 'PATH');

/** Whether an entry starts our launcher itself: a name alone, or another's file of that name, is no firewall. */
function startsOurs(value: Value, { node, launcher }: Firewall): boolean {
  const { command } = value;
  // As protect writes it: a client reads a relative path from another folder, and a link leads elsewhere once it is changed.
  if (textsOf(value['args'])[0] !== launcher) return false;
  return command === node || (command === 'node' && isNodeOnPath(value));
}

const isOf = (path: unknown, now: string | undefined, before: string | undefined): boolean =>
  path === undefined || path === now || path === before;

/** What clients put something else in the place of, such as `${VAR}` and `%VAR%`. */
const PLACEHOLDER = /\$|%[^%]*%/;

/** Where the firewall of an entry that starts our launcher keeps its data; undefined where its client decides that. */
function dataDirIn(value: Value): string | undefined {
  const { AEGIS_DATA_DIR: named } = envOf(value);
  // Without a name it is the user's own, in each folder but this project's.
  if (named === undefined) return isText(value['cwd']) ? undefined : dataDirOf({}, '/');
  return isText(named) && resolve(named) === named && !PLACEHOLDER.test(named) ? named : undefined;
}

/** Whether an entry's variables lead to this firewall, to its rules and its servers. */
function leadsHere(value: Value, firewall: Firewall, written: Written): boolean {
  const { POLICY_PATH, MCP_SERVERS } = envOf(value);
  return (
    dataDirIn(value) === firewall.dataDir &&
    isOf(POLICY_PATH, firewall.policyPath, written.policy_path) &&
    isOf(MCP_SERVERS, firewall.serversPath, written.servers_path)
  );
}

/** Whether nothing but our launcher is started, with nothing that steers it elsewhere. */
const isFirewall = (value: Value, firewall: Firewall): boolean =>
  startsOurs(value, firewall) &&
  ambiguity(withStrayOnly(value)) === undefined &&
  !strayNames(value).some(isSteering);

const isThisFirewall = (value: Value, firewall: Firewall, written: Written): boolean =>
  isFirewall(value, firewall) && leadsHere(value, firewall, written);

const isTools = (value: Value): boolean => textsOf(value['args']).slice(1).join('\0') === 'mcp';

/** The data directory of the firewall that an entry is behind, or whose tools it is, where that is another one. */
export function otherFirewall(value: Value, firewall: Firewall): string | undefined {
  const isOurForm = wrapIn(value) !== undefined || isTools(value);
  const dataDir = isOurForm && isFirewall(value, firewall) ? dataDirIn(value) : undefined;
  return dataDir === firewall.dataDir ? undefined : dataDir;
}

/** The server's name where its entry is started behind this very firewall. `isWhole`: as this version writes it. */
export function wrappedName(
  value: Value,
  firewall: Firewall,
  written: Written = {},
): { name: string; isWhole: boolean } | undefined {
  const wrap = wrapIn(value);
  if (wrap === undefined || !isThisFirewall(value, firewall, written)) return undefined;
  return { name: wrap.name, isWhole: strayNames(value).length === 0 && wrap.serverEnv.length === 0 };
}

/** An entry's address, without the slash that some clients put at its end. */
function addressOf(value: Value): string {
  const key = addressKeyOf(value);
  return key === undefined || isText(value['command']) ? '' : String(value[key]).replace(/\/$/, '');
}

/** The name in an address of this firewall's. */
export function proxiedName(value: Value, mcpUrl: string): string | undefined {
  const address = addressOf(value);
  const name = address.startsWith(`${mcpUrl}/`) ? address.slice(mcpUrl.length + 1) : '';
  return NAME.test(name) && ambiguity(value) === undefined ? name : undefined;
}

/** AegisMCP's own five tools: they are the firewall and go through none. */
export const isFirewallItself = (value: Value, firewall: Firewall): boolean =>
  (addressOf(value) === firewall.mcpUrl && ambiguity(value) === undefined) ||
  (isTools(value) && isThisFirewall(value, firewall, {}));

/**
 * An entry with a command, behind `aegis wrap` with these words. Its other fields stay; its variables are the server's alone
 * ([ADR 0050](../../../docs/adr/0050-an-entrys-variables-are-its-servers.md)).
 */
export function putBehind(value: Value, words: readonly string[], firewall: Firewall): Value {
  const { node, launcher, dataDir, policyPath, serversPath } = firewall;
  return {
    ...value,
    command: node,
    args: [launcher, 'wrap', ...words, '--', value['command'], ...textsOf(value['args'])],
    env: {
      AEGIS_DATA_DIR: dataDir,
      ...(policyPath === undefined ? {} : { POLICY_PATH: policyPath }),
      MCP_SERVERS: serversPath,
      ...carried(envOf(value)),
    },
  };
}
