import { serverProblem } from '@aegis/firewall/servers';
import { isObject } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { addressKeyOf, upstreamOf } from './entry-address.ts';
import { kindsOf } from './transport-kind.ts';
import type { Value } from './wrap-form.ts';

/** What a client signs in with or connects by, beside an address and headers: it would stay with the client. */
const OF_CLIENT =
  /^(?!.*(?:max|limit|budget)).*(?:auth(?!ors?$)|credential|secret|passw|token|bearer|cookie|cert|client_?key|api_?key|tls|ssl|proxy|sign_?in|log_?in|headers|scopes$)/;
/** The same below such a field, where names may be those of tools. */
const BELOW = /headers$|^authorization$|oauth/;
const SSE_PATH = /\/sse\/?$/i;
const PLACEHOLDER =
  /\$\{([^{}]*)\}|\{\{.*?\}\}|\{(?:env|file):[^}]*\}|\$\([^)]*\)|(?<![^\s:=/])\$[A-Z_][A-Z0-9_]*\b/g;
/** As the firewall fills it in, from its own environment. */
const OF_ENVIRONMENT =
  /^(?:env:)?(?!(?:workspace(?:Folder|Root)?(?:Basename)?|userHome|pathSeparator|cwd|file\w*)$)[A-Za-z_]\w*(?::-.*)?$/s;

function isOff(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 'none')
    return true;
  if (typeof value !== 'object') return false;
  if (isObject(value) && value['enabled'] === false) return true;
  return Object.keys(value).length === 0 && !name.includes('auth');
}

/** The first field that a client brings to its server, at any depth; undefined where there is none. */
function broughtBy(value: object, names: RegExp): string | undefined {
  for (const [key, one] of Object.entries(value) as [string, unknown][]) {
    const name = foldName(key);
    if (names === OF_CLIENT && name === 'headers') continue;
    if (names.test(name) && !isOff(name, one)) return key;
    const below = typeof one === 'object' && one !== null ? broughtBy(one, BELOW) : undefined;
    if (below !== undefined) return below;
  }
  return undefined;
}

function transportObstacle(value: Value, key: string, address: string): string | undefined {
  const kinds = kindsOf(value);
  const odd = kinds.find(({ kind }) => kind !== 'http');
  if (odd?.kind === 'sse') return 'it speaks the older HTTP+SSE transport, which the firewall does not';
  if (odd !== undefined)
    return `its ${odd.key} is ${odd.text}, and the firewall reaches an address over Streamable HTTP only`;
  const isSaid = kinds.length > 0 || key === 'httpUrl';
  if (!isSaid && SSE_PATH.test(address.replace(/[?#].*$/s, '')))
    return 'its address ends in /sse, as those of the older HTTP+SSE transport do, which the firewall does not speak; where it is Streamable HTTP, say so with "type": "http"';
  return undefined;
}

/** What of an address and headers somebody else would have to fill in. */
function placeholderObstacle(upstream: Value): string | undefined {
  const texts = JSON.stringify(upstream);
  const [asked] = /\$\{input:[^{}"]*\}?/.exec(texts) ?? [];
  if (asked !== undefined)
    return `its address or headers have ${asked}, which its client asks for and the firewall can't; use \${env:NAME}`;
  for (const [written, inside] of texts.matchAll(PLACEHOLDER))
    if (inside === undefined || !OF_ENVIRONMENT.test(inside))
      return `its address or headers have ${written}, which its client fills in and the firewall can't; use \${env:NAME}`;
  return undefined;
}

/** Why the firewall could not reach a server in its client's place, in words that follow "because". */
export function remoteObstacle(value: Value): string | undefined {
  const key = addressKeyOf(value);
  if (key === undefined) return 'it has neither a command nor a url';
  const upstream = upstreamOf(value);
  const brought = broughtBy(value, OF_CLIENT);
  if (brought !== undefined)
    return `its client brings its "${brought}" to the server, and the firewall would not; give it "headers" with what the server wants`;
  const unfit = transportObstacle(value, key, String(value[key])) ?? placeholderObstacle(upstream);
  if (unfit !== undefined) return unfit;
  const problem = serverProblem('server', upstream);
  return problem && `the firewall can't reach it (${problem.replace(/^url\b/, key)})`;
}

/** The variables of the firewall's environment that an address and headers need. */
export const variablesOf = (upstream: Value): readonly string[] => [
  ...new Set(
    [...JSON.stringify(upstream).matchAll(/\$\{(?:env:)?([A-Za-z_]\w*)\}/g)].flatMap(
      ([, name]) => name ?? [],
    ),
  ),
];
