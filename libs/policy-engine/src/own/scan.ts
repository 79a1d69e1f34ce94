import { type AddressReach, createAddressReach } from './addresses.ts';
import { foldAll, rootNames } from './names.ts';
import type { Budget, Own, OwnReach, Reached } from './own.ts';
import { createTextReach, MAX_SHORT } from './texts.ts';

/** Words and hosts of one call that are looked at one by one. More is a person's matter. */
const MAX_WORDS = 4_000;
const MAX_LINKS = 512;
const MAX_DEPTH = 200;
/** Lists of words are read as a command line, too. */
const MAX_LIST = 256;
const LONGEST_PORT = 64;
/** A folder and a name apart are no longer than that, and are put together so often. */
const MAX_APART = 512;
const MAX_TOGETHER = 10_000;
/** A name that may be another one to its reader. */
const A_SPELLING = /[*?[{%\\$].*\.|\.\w*[*?[{%\\$]/;
const A_FOLDER = /^\s*(?:[/\\~$%]|[a-z]:[\\/]|file:)/i;
const OF_PATHS = /path|file|dir|folder|cwd|root|uri|source|destination|target|location/i;
const OF_PORTS = /port|service|socket|endpoint|^p$/i;
const TOO_MUCH: Reached = {
  certain: false,
  what: 'more paths and addresses than can be looked at',
  at: [],
  value: '',
};

interface Walk extends Budget {
  /** The keys that lead to where it is. */
  readonly at: string[];
  /** The ports of ours that stand alone under a key for ports. */
  readonly ports: Set<number>;
  unsure: Reached | undefined;
  /** Short texts that are absolute folders, and those that may be names below one. */
  readonly folders: Set<string>;
  readonly below: Set<string>;
}

/** Makes ready for many questions what of a call reaches the firewall's own. */
export function compileOwn(own: Own): OwnReach {
  const addresses = createAddressReach(own);
  const findIn = createTextReach(own, addresses);
  const lasts = own.paths.map(({ path }) => rootNames(path).at(-1) ?? '');
  const mayBeBelow = (text: string): boolean => {
    if (A_SPELLING.test(text)) return true;
    const folded = foldAll(text);
    return lasts.some((last) => folded.includes(last));
  };

  const atText = (text: string, walk: Walk): Reached | undefined => {
    if (text.length <= LONGEST_PORT) notePorts(text, walk);
    if (text.length <= MAX_APART && A_FOLDER.test(text)) walk.folders.add(text);
    else if (text.length <= MAX_APART && mayBeBelow(text)) walk.below.add(text);
    const found = findIn(text, () => isForPath(walk.at), walk);
    if (walk.links < 0) walk.unsure ??= TOO_MUCH;
    if (found === undefined) return walk.words < 0 ? TOO_MUCH : undefined;
    const reached: Reached = {
      certain: text.length <= MAX_SHORT && found.isUnsure !== true,
      what: found.what,
      at: [...walk.at],
      value: found.value,
    };
    if (reached.certain) return reached;
    walk.unsure ??= reached;
    return undefined;
  };

  const notePorts = (text: string, walk: Walk): void => {
    if (!walk.at.some((key) => OF_PORTS.test(key))) return;
    for (const port of addresses.portsIn(text)) walk.ports.add(port);
  };

  const visit = (value: unknown, walk: Walk): Reached | undefined => {
    if (typeof value === 'string') return atText(value, walk);
    if (typeof value === 'number') notePorts(String(value), walk);
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

  /** A folder and a name that stand apart, as in `cwd` and `path`. */
  const inTogether = ({ folders, below, ...walk }: Walk): Reached | undefined => {
    if (folders.size * below.size > MAX_TOGETHER) return TOO_MUCH;
    for (const folder of folders) {
      for (const name of below) {
        const found = findIn(`${folder}/${name}`, () => true, walk);
        if (found !== undefined)
          return { certain: found.isUnsure !== true, what: found.what, at: [], value: found.value };
        if (walk.words < 0) return TOO_MUCH;
      }
    }
    return undefined;
  };

  return (value) => {
    const walk: Walk = {
      words: MAX_WORDS,
      links: MAX_LINKS,
      at: [],
      ports: new Set(),
      unsure: undefined,
      folders: new Set(),
      below: new Set(),
    };
    const found = visit(value, walk);
    if (found !== undefined) return found;
    return (
      (walk.ports.size === 0 ? undefined : besidePorts(value, walk.ports, addresses)) ??
      inTogether({ ...walk, links: 0 }) ??
      walk.unsure
    );
  };
}

const isForPath = (at: readonly string[]): boolean =>
  OF_PATHS.test(at.at(-1) ?? '') || OF_PATHS.test(at.at(-2) ?? '');

/** The host that stands somewhere beside a port of ours. */
function besidePorts(
  value: unknown,
  ports: ReadonlySet<number>,
  addresses: AddressReach,
): Reached | undefined {
  for (const text of textsIn(value)) {
    for (const port of ports) {
      const what = addresses.at(text, port);
      if (what !== undefined) return { certain: true, what, at: [], value: `${text} and ${port}` };
    }
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
