import { basename } from 'node:path';

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

type Value = Readonly<Record<string, unknown>>;

/** Ours stand before the client's own, so that a later run can tell them apart. */
const OURS = ['AEGIS_DATA_DIR', 'POLICY_PATH', 'MCP_SERVERS'] as const;

const isText = (value: unknown): value is string => typeof value === 'string';
const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter(isText) : []);

/** `<server>` for rules and for the address: what is no letter, digit, `_` or `-` becomes `-`. */
export function serverNameOf(name: string, taken: ReadonlySet<string>): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 60) || 'server';
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? plain : `${plain}-${n}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** The arguments of `aegis wrap` in an entry that `protect` wrote; undefined where it did not. */
function wrapArgs({ args }: Value): readonly string[] | undefined {
  const texts = textsOf(args);
  const isOurs = basename(texts[0] ?? '') === 'aegis.js' && texts[1] === 'wrap' && texts.includes('--');
  return isOurs ? texts : undefined;
}

/** The server's name where its entry leads through the firewall already, by command or by address. */
export function nameBehind(value: Value, mcpUrl: string): string | undefined {
  const args = wrapArgs(value);
  if (args) return args[args.indexOf('--name') + 1];
  const { url } = value;
  return isText(url) && url.startsWith(`${mcpUrl}/`) ? url.slice(mcpUrl.length + 1) : undefined;
}

/** AegisMCP's own five tools: they are the firewall and go through none. */
export const isFirewallItself = (value: Value, mcpUrl: string): boolean =>
  value['url'] === mcpUrl ||
  (basename(textsOf(value['args'])[0] ?? '') === 'aegis.js' && textsOf(value['args'])[1] === 'mcp');

/** An entry with a command, behind `aegis wrap`. Its other fields stay. */
export function putBehind(value: Value, name: string, firewall: Firewall): Value {
  const { node, launcher, dataDir, policyPath, serversPath } = firewall;
  const env = value['env'] as Value | undefined;
  return {
    ...value,
    command: node,
    args: [launcher, 'wrap', '--name', name, '--', value['command'], ...textsOf(value['args'])],
    env: {
      AEGIS_DATA_DIR: dataDir,
      POLICY_PATH: policyPath,
      MCP_SERVERS: serversPath,
      ...env,
    },
  };
}

/** The entry as it was before {@link putBehind}, read from itself. */
export function takeOut(value: Value): Value {
  const args = wrapArgs(value);
  if (!args) return value;
  const [command, ...rest] = args.slice(args.indexOf('--') + 1);
  const env = { ...(value['env'] as Value | undefined) };
  for (const name of OURS) delete env[name];
  const { args: _args, env: _env, ...others } = value;
  return {
    ...others,
    command,
    ...(rest.length === 0 ? {} : { args: rest }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
}
