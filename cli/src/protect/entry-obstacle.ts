import { isObject } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { WITHHELD } from '../../relay/server-env.js';

type Value = Readonly<Record<string, unknown>>;

/** What a client starts or reaches by. */
const KNOWN = ['command', 'args', 'env', 'url', 'type', 'headers'];
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
/** Where a relay looks for its firewall, and the settings of the firewall that a server never gets. */
const OF_FIREWALL = /^(?:AEGIS|NATS)_/;
const NAME_OF_VARIABLE = /^[^=\0]+$/;

/** Whether a value can be an entry's environment. */
const isEnv = (env: unknown): env is Readonly<Record<string, unknown>> => isObject(env);

/** Which variable of an entry's own would steer what starts its server away from this firewall, in words. */
function steeringVariable(env: Value): string | undefined {
  for (const name of Object.keys(env)) {
    const upper = name.toUpperCase();
    if (LOADS_CODE.test(upper))
      return `its env sets ${name}, which loads code into whatever is started with it`;
    if (OF_FIREWALL.test(upper) || WITHHELD.includes(upper))
      return `its env sets ${name}, a setting of the firewall: it could lead to another one`;
    if (!NAME_OF_VARIABLE.test(name)) return 'its env has a name that no variable has';
  }
  return undefined;
}

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

/** What of an entry is not clear to us and may be to its client. */
function unclear(value: Value): string | undefined {
  for (const [key, one] of Object.entries(value)) {
    const name = foldName(key);
    const known = KNOWN.find((each) => each === name);
    if (known !== undefined && known !== key) return `its "${key}" is "${known}" to some clients`;
    if (known !== undefined || one === undefined || one === null || one === false) continue;
    if (STEERING_KEYS.test(name)) return `its "${key}" may change what is started, or with which settings`;
    if (LIKE_AN_ADDRESS.test(name)) return `it has an address in "${key}", which some clients take`;
    const below = startingBelow(one);
    if (below !== undefined) return `its "${key}" has a "${below}", which some clients may take`;
  }
  return undefined;
}

function commandObstacle(value: Value): string | undefined {
  const { args = [], env } = value;
  if (value['url'] !== undefined) return 'it has a command and a url, and clients differ in which they take';
  for (const key of ['type', 'transport']) {
    const kind = value[key] ?? 'stdio';
    if (kind !== 'stdio' && kind !== 'local') return `it has a command, and its ${key} is not stdio`;
  }
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string'))
    return 'its args are no list of texts';
  if (env === undefined || env === null) return undefined;
  return isEnv(env) ? steeringVariable(env) : 'its env is no object';
}

/** What the firewall needs to reach a server by HTTP; the rest of the entry is about the client. */
export const upstreamOf = ({ url, headers }: Value): Value => ({ url, headers });

/** Why an entry can't be put behind the firewall, in words that follow "because"; undefined where it can. */
export function obstacle(value: Value): string | undefined {
  const what = unclear(value);
  if (what !== undefined) return what;
  if (typeof value['command'] === 'string' && value['command'] !== '') return commandObstacle(value);
  if (value['command'] !== undefined && value['command'] !== null) return 'its command is no text';
  if (typeof value['url'] !== 'string') return 'it has neither a command nor a url';
  if (value['type'] === 'sse' || value['transport'] === 'sse')
    return 'it speaks the older HTTP+SSE transport, which the firewall does not';
  if (JSON.stringify(upstreamOf(value)).includes('${input:')) {
    return "its address or headers come from a question of VS Code, which the firewall can't ask; use ${env:NAME}";
  }
  return undefined;
}
