import { isObject } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { WITHHELD } from '../../relay/server-env.js';
import { addressKeyOf } from './entry-address.ts';
import { remoteObstacle } from './remote-obstacle.ts';
import { kindsOf } from './transport-kind.ts';
import { isText, type Value } from './wrap-form.ts';

/** What a client starts or reaches by, beside an address. */
const KNOWN = ['command', 'args', 'env', 'type', 'headers'];
/** By these a client may start something else, or start it with settings that stand elsewhere. */
const STEERING_KEYS =
  /^(?:env_?files?|dev|linux|darwin|mac(?:os)?|osx|windows|win32|platforms?|cmd|exec|exec_?argv|executable|program|binary|bin|shell|runtime|interpreter|launcher|wrapper|run|commands?_?(?:line|path)|commands|(?:start|run|launch|pre|post|init|setup|install)[_-]?(?:command|cmd|script)s?|entry_?point|script|argv|arguments|envs|environment|env_?vars?|(?:environment_?)?variables|headers_?helper|extends|inherits?|\$ref)$/;
/** Names of addresses, but for those of pictures, pages and sign-ins. */
const LIKE_AN_ADDRESS =
  /^(?!(?:icon|logo|image|picture|home|doc|auth|token|redirect|callback|gallery|repo|issue|bug|support|privacy|license)[a-z]*[_-]?ur[li]s?$)(?:[a-z]{0,16}[_-]?(?:ur[li]|endpoint)s?|(?:server|http|remote|base|mcp)?[_-]?(?:address|host|hostname)|tcp|wss?|socket|pipe)$/;
/**
 * Variables that load code into a program before its first line, or turn its requests elsewhere: the loader's, OpenSSL's,
 * and Node's own, of which programs use a few names for themselves.
 */
const LOADS_CODE =
  /^(?:LD_|OPENSSL_|GCONV_PATH$|GLIBC_TUNABLES$|NODE_(?!ENV$|CONFIG|APP|EXTRA_CA_CERTS$|TLS_REJECT_UNAUTHORIZED$))|DYLD_/;
/** Where a relay looks for its firewall. */
const OF_FIREWALL = /^AEGIS_/;
const NAME_OF_VARIABLE = /^[^=\0]+$/;

/** Which variable can't be carried to a server, in words. */
function oddVariable(env: Value): string | undefined {
  for (const name of Object.keys(env)) {
    if (OF_FIREWALL.test(name.toUpperCase()))
      return `its env sets ${name}, a setting of the firewall: it could lead to another one`;
    if (!NAME_OF_VARIABLE.test(name)) return 'its env has a name that no variable has';
  }
  return undefined;
}

/**
 * Whether a variable that `aegis wrap` itself is started with could steer it away from this firewall. Those of a server are
 * apart from it; these stand where an earlier version, or somebody else, wrote them.
 */
export const isSteering = (name: string): boolean => {
  const upper = name.toUpperCase();
  return LOADS_CODE.test(upper) || /^(?:AEGIS|NATS)_/.test(upper) || WITHHELD.includes(upper);
};

/** Whether a client may start or reach a server by a field of this name, in any spelling that readers take for it. */
export function startsByName(key: string): boolean {
  const name = foldName(key);
  return name === 'command' || STEERING_KEYS.test(name) || LIKE_AN_ADDRESS.test(name);
}

/** The first name below a value, at any depth, by which a client may start or reach something with what stands there. */
function startingBelow(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, one] of Object.entries(value)) {
    if (startsByName(key) && (typeof one === 'string' || Array.isArray(one))) return key;
    const below = startingBelow(one);
    if (below !== undefined) return below;
  }
  return undefined;
}

/** What an entry's client may take beside an address in a field that is not the one that we know it by. */
function otherAddress(value: Value, key: string): string {
  const one = `it has an address in "${key}"`;
  if (isText(value['command'])) return `${one} and a command, and clients differ in which they take`;
  const usual = addressKeyOf(value);
  if (usual === undefined) return `${one}, which some clients take`;
  return value[usual] === value[key]
    ? `${one} and the same in "${usual}", and clients differ in which they take: leave one of them out`
    : `${one} and another in "${usual}", and clients differ in which they take`;
}

/** What of an entry is not clear to us and may be to its client. */
function unclear(value: Value): string | undefined {
  const address = isText(value['command']) ? 'url' : (addressKeyOf(value) ?? 'url');
  for (const [key, one] of Object.entries(value)) {
    const name = foldName(key);
    const known = [...KNOWN, address].find((each) => foldName(each) === name);
    if (known !== undefined && known !== key) return `its "${key}" is "${known}" to some clients`;
    if (known !== undefined || one === undefined || one === null || one === false) continue;
    if (STEERING_KEYS.test(name)) return `its "${key}" may change what is started, or with which settings`;
    if (LIKE_AN_ADDRESS.test(name)) return otherAddress(value, key);
    const below = startingBelow(one);
    if (below !== undefined) return `its "${key}" has a "${below}", which some clients may take`;
  }
  return undefined;
}

function commandObstacle(value: Value): string | undefined {
  const { env } = value;
  const args = value['args'] ?? [];
  if ((value['url'] ?? null) !== null)
    return 'it has a command and a url, and clients differ in which they take';
  const other = kindsOf(value).find(({ kind }) => kind !== 'stdio');
  if (other !== undefined) return `it has a command, and its ${other.key} is not stdio`;
  if (!Array.isArray(args) || !args.every(isText)) return 'its args are no list of texts';
  if (env === undefined || env === null) return undefined;
  return isObject(env) ? oddVariable(env) : 'its env is no object';
}

/** Why it is not clear what an entry's client starts or reaches, in words that follow "because". */
export function ambiguity(value: Value): string | undefined {
  const what = unclear(value);
  if (what !== undefined) return what;
  if (isText(value['command']) && value['command'] !== '') return commandObstacle(value);
  return value['command'] === undefined || value['command'] === null ? undefined : 'its command is no text';
}

/** Why an entry can't be put behind the firewall, in words that follow "because"; undefined where it can. */
export const obstacle = (value: Value): string | undefined =>
  ambiguity(value) ?? (isText(value['command']) ? undefined : remoteObstacle(value));
