import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@aegis/kit/json';
import { parseWrap } from '../../relay/options.js';

export type Value = Readonly<Record<string, unknown>>;

/** Ours stand before the client's own, so that a later run can tell them apart. */
const OURS: readonly string[] = ['AEGIS_DATA_DIR', 'POLICY_PATH', 'MCP_SERVERS'];
export const SERVER_ENV = '--server-env=';

export const isText = (value: unknown): value is string => typeof value === 'string';
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) && value.every(isText) ? value : [];
export const envOf = ({ env }: Value): Value => (isObject(env) ? env : {});
/** An entry's own variables. */
export const ownNames = (value: Value): string[] =>
  Object.keys(envOf(value)).filter((name) => !OURS.includes(name));

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

/** An entry without our own variables, which an obstacle is seen in. */
export const withoutOurs = (value: Value): Value => ({
  ...value,
  env: Object.fromEntries(Object.entries(envOf(value)).filter(([name]) => !OURS.includes(name))),
});

/** What stood before `--` beside the names of variables, which are written anew. */
export const ownWords = ({ words }: Wrap): readonly string[] =>
  words.filter((word) => !word.startsWith(SERVER_ENV));

/** The entry as it was before it was put behind the firewall, read from itself. */
export function takeOut(value: Value): Value {
  const wrap = wrapIn(value);
  if (wrap === undefined) return value;
  const { env } = withoutOurs(value);
  const { args: _args, env: _env, ...others } = value;
  return {
    ...others,
    command: wrap.command,
    ...(wrap.args.length === 0 ? {} : { args: wrap.args }),
    ...(Object.keys(env as object).length === 0 ? {} : { env }),
  };
}

/** Whether two entries start the very same: a variable may be all that tells two accounts or two databases apart. */
export function isSameServer(a: Value, b: Value): boolean {
  const startOf = ({ command, args = [], env = {}, cwd }: Value) => ({ command, args, env, cwd });
  return isDeepStrictEqual(startOf(a), startOf(b));
}
