import { type AddressReach, createAddressReach } from './addresses.ts';
import type { Budget, Own, OwnReach, Reached } from './own.ts';
import { createTextReach, MAX_SHORT } from './texts.ts';

/** Words and hosts of one call that are looked at one by one. More is a person's matter. */
const MAX_WORDS = 4_000;
const MAX_LINKS = 32;
const MAX_DEPTH = 200;
/** Lists of words are read as a command line, too. */
const MAX_LIST = 256;
const LONGEST_PORT = 8;
const OF_PATHS = /path|file|dir|folder|cwd|root|uri|source|destination|target|location/i;
const OF_PORTS = /port/i;
const TOO_MUCH: Reached = {
  certain: false,
  what: 'more paths and addresses than can be looked at',
  at: [],
  value: '',
};

interface Walk extends Budget {
  /** The keys that lead to where it is. */
  readonly at: string[];
  /** A port of ours that stands alone under a key for ports. */
  port: number | undefined;
  unsure: Reached | undefined;
}

/** Makes ready for many questions what of a call reaches the firewall's own. */
export function compileOwn(own: Own): OwnReach {
  const addresses = createAddressReach(own);
  const findIn = createTextReach(own, addresses);

  const atText = (text: string, walk: Walk): Reached | undefined => {
    if (text.length <= LONGEST_PORT && addresses.isPort(text)) notePort(Number(text), walk);
    const found = findIn(text, () => isForPath(walk.at), walk);
    if (found === undefined) return walk.words < 0 ? TOO_MUCH : undefined;
    const reached: Reached = { certain: text.length <= MAX_SHORT, at: [...walk.at], ...found };
    if (reached.certain) return reached;
    walk.unsure ??= reached;
    return undefined;
  };

  const visit = (value: unknown, walk: Walk): Reached | undefined => {
    if (typeof value === 'string') return atText(value, walk);
    if (typeof value === 'number' && addresses.isPort(value)) notePort(value, walk);
    if (typeof value !== 'object' || value === null) return undefined;
    if (walk.at.length > MAX_DEPTH) throw new RangeError('nested too deep');
    const line = Array.isArray(value) ? lineOf(value) : undefined;
    const inLine = line === undefined ? undefined : atText(line, walk);
    return inLine ?? inMembers(value, Array.isArray(value), walk);
  };

  const inMembers = (value: object, isList: boolean, walk: Walk): Reached | undefined => {
    for (const [key, inside] of Object.entries(value)) {
      walk.at.push(key);
      const found = (isList ? undefined : atText(key, walk)) ?? visit(inside, walk);
      walk.at.pop();
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return (value) => {
    const walk: Walk = { words: MAX_WORDS, links: MAX_LINKS, at: [], port: undefined, unsure: undefined };
    const found = visit(value, walk);
    if (found !== undefined) return found;
    const { port, unsure } = walk;
    return port === undefined ? unsure : (besidePort(value, port, addresses) ?? unsure);
  };
}

const isForPath = (at: readonly string[]): boolean =>
  OF_PATHS.test(at.at(-1) ?? '') || OF_PATHS.test(at.at(-2) ?? '');

function notePort(port: number, walk: Walk): void {
  if (OF_PORTS.test(walk.at.at(-1) ?? '')) walk.port ??= port;
}

/** The host that stands somewhere beside a port of ours. */
function besidePort(value: unknown, port: number, addresses: AddressReach): Reached | undefined {
  for (const text of textsIn(value)) {
    const what = addresses.at(text, port);
    if (what !== undefined) return { certain: true, what, at: [], value: `${text} and ${port}` };
  }
  return undefined;
}

/** A list of words as one command line. */
function lineOf(list: readonly unknown[]): string | undefined {
  if (list.length < 2 || list.length > MAX_LIST) return undefined;
  if (!list.every((one) => typeof one === 'string' || typeof one === 'number')) return undefined;
  const line = list.join(' ');
  return line.length <= MAX_SHORT ? line : undefined;
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const inside of Object.values(value)) yield* textsIn(inside);
}
