import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@aegis/kit/json';
import { parseWrap } from '../../relay/options.js';
import { OF_SERVER } from '../../relay/server-env.js';

export type Value = Readonly<Record<string, unknown>>;

/** What `aegis wrap` itself is started with; all else of an entry's variables is its server's. */
const OURS: readonly string[] = ['AEGIS_DATA_DIR', 'POLICY_PATH', 'MCP_SERVERS'];
/** An earlier version wrote a server's variables under their own names, and named them so. */
const SERVER_ENV = '--server-env=';

export const isText = (value: unknown): value is string => typeof value === 'string';
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) && value.every(isText) ? value : [];
export const envOf = ({ env }: Value): Value => (isObject(env) ? env : {});
/** Variables of an entry in our form that what starts the server would read, and that are not ours. */
export const strayNames = (value: Value): string[] =>
  Object.keys(envOf(value)).filter((name) => !OURS.includes(name) && !name.startsWith(OF_SERVER));

/** A server's variables, each under the name that carries it past what starts the server. */
export const carried = (env: Value): Value =>
  Object.fromEntries(Object.entries(env).map(([name, one]) => [`${OF_SERVER}${name}`, one]));

/** A server's variables, as an entry in our form carries them. */
const serverEnvOf = (value: Value): Value =>
  Object.fromEntries(
    Object.entries(envOf(value)).flatMap(([name, one]) => {
      if (name.startsWith(OF_SERVER)) return [[name.slice(OF_SERVER.length), one]];
      return OURS.includes(name) ? [] : [[name, one]];
    }),
  );

/** What an entry that has the form of `aegis wrap` says. `words` are its own, before `--`. */
type Wrap = {
  readonly launcher: string;
  readonly words: readonly string[];
  readonly name: string;
  readonly serverEnv: readonly string[];
  readonly command: string;
  readonly args: readonly string[];
};

/** Undefined where it has not that form, whoever's `aegis.js` it names. */
export function wrapIn(value: Value): Wrap | undefined {
  const texts = textsOf(value['args']);
  const [launcher = '', verb, ...rest] = texts;
  if (basename(launcher) !== 'aegis.js' || verb !== 'wrap') return undefined;
  const parsed = parseWrap(rest);
  if (parsed === undefined) return undefined;
  const words = rest.slice(0, rest.indexOf('--'));
  const { command, args, options } = parsed;
  return { launcher, words, name: options.name, serverEnv: options.serverEnv ?? [], command, args };
}

/** Of those, the ones that a firewall gets that is started for such an entry, as the first version wrote it. */
export function sharedNames(value: Value): string[] {
  const kept = new Set(wrapIn(value)?.serverEnv.map((name) => name.toUpperCase()));
  return strayNames(value).filter((name) => !kept.has(name.toUpperCase()));
}

/** An entry in our form with nothing but its stray variables. */
export const withStrayOnly = (value: Value): Value => ({
  ...value,
  env: Object.fromEntries(strayNames(value).map((name) => [name, envOf(value)[name]])),
});

/** What stood before `--` beside the names of variables, which are written anew. */
export const ownWords = ({ words }: Wrap): readonly string[] =>
  words.filter((word) => !word.startsWith(SERVER_ENV));

/** The entry as it was before it was put behind the firewall, read from itself. */
export function takeOut(value: Value): Value {
  const wrap = wrapIn(value);
  if (wrap === undefined) return value;
  const env = serverEnvOf(value);
  const { args: _args, env: _env, ...others } = value;
  return {
    ...others,
    command: wrap.command,
    ...(wrap.args.length === 0 ? {} : { args: wrap.args }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
  };
}

/** Whether two entries start the very same: a variable may be all that tells two accounts or two databases apart. */
export function isSameServer(a: Value, b: Value): boolean {
  const startOf = ({ command, args = [], env = {}, cwd }: Value) => ({ command, args, env, cwd });
  return isDeepStrictEqual(startOf(a), startOf(b));
}
