import { asDouble, isNumber } from '@aegis/kit/numbers';
import { type AddressReach, createAddressReach } from './addresses.ts';
import { createLinkReach, type Relative } from './behind.ts';
import { foldAll, rootNames } from './names.ts';
import type { Budget, Own, OwnReach, Reached } from './own.ts';
import { createPathReach } from './paths.ts';
import { createWordReach } from './places.ts';
import { readingsOnce } from './readings.ts';
import { createTextReach, MAX_SHORT } from './texts.ts';
import { createCollect, type Words } from './words.ts';

/** Words and hosts of one call that are looked at one by one. More is a person's matter. */
const MAX_WORDS = 4_000;
const MAX_LINKS = 512;
/** Characters of all texts and keys: as many as a call may have, in its arguments and beside them. */
const MAX_CHARACTERS = 2 * 1_048_576;
const MAX_DEPTH = 200;
/** Lists of so many words are read as one path, too. */
const MAX_NAMES = 32;
const LONGEST_PORT = 64;
/** A folder and a name apart are no longer than that, and are put together so often. */
const MAX_APART = 512;
const MAX_TOGETHER = 10_000;
/** A name that may be another one to its reader, or a pattern. */
const A_SPELLING = /[*?[{%\\$].*\.|\.\w*[*?[{%\\$]|^\S*[*?[{(]\S*$/;
const A_FOLDER = /^\s*(?:[/\\~$%]|[a-z]:[\\/]|file:)/i;
const OF_PATHS = /path|file|dir|folder|cwd|root|uri|source|destination|target|location/i;
/** Where a folder may stand that is no absolute one. */
const OF_FOLDERS = /path|dir|folder|cwd|root|base|parent|location/i;
/** The folder of whoever opens it. */
const IN_CWD = /\/cwd\/+(.+)$/s;
const A_RELATIVE = /^[^\s:]+$/;
const OF_PORTS = /port|service|socket|endpoint|^p$/i;
const TOO_MUCH: Reached = {
  certain: false,
  what: 'more paths and addresses than can be looked at',
  at: [],
  value: '',
};

interface Walk extends Budget {
  /** Characters that may still be looked at. */
  characters: number;
  /** The keys that lead to where it is. */
  readonly at: string[];
  /** The ports of ours that stand alone under a key for ports. */
  readonly ports: Set<number>;
  unsure: Reached | undefined;
  /** Short texts that are absolute folders, relative ones where folders stand, and what may be a name below one. */
  readonly folders: Set<string>;
  readonly relative: Set<string>;
  readonly below: Set<string>;
  readonly spoken: Words;
  /** Relative paths, which may lead to links. */
  readonly linked: Relative;
  /** Its server is in a folder of ours: each of its words may be one of ours. */
  readonly isWithin: boolean;
}

/** Makes ready for many questions what of a call reaches the firewall's own. */
export function compileOwn(own: Own): OwnReach {
  const addresses = createAddressReach(own);
  const paths = createPathReach(own);
  const findIn = createTextReach(own, addresses, paths);
  const fromPlaces = createWordReach(own, paths);
  const links = createLinkReach(own, paths);
  const lasts = own.paths.map(({ path }) => rootNames(path).at(-1) ?? '');
  const held = new Set(
    own.paths.flatMap(({ holds = [], tells = [], within = [] }) =>
      [...holds, ...tells, ...within].map(foldAll),
    ),
  );
  const collect = createCollect(own, held);
  const mayBeBelow = (text: string): boolean => {
    if (A_SPELLING.test(text)) return true;
    const folded = foldAll(text);
    return (
      lasts.some((last) => folded.includes(last)) || folded.split(/[\\/]/).some((name) => held.has(name))
    );
  };

  /** A folder and a name may stand apart, as in `cwd` and `path`. */
  const noteParts = (text: string, { at, folders, relative, below }: Walk): void => {
    const [, behind] = IN_CWD.exec(text) ?? [];
    if (behind !== undefined) below.add(behind);
    if (A_FOLDER.test(text)) return void folders.add(text);
    if (OF_FOLDERS.test(at.at(-1) ?? '') && A_RELATIVE.test(text)) relative.add(text);
    if (mayBeBelow(text)) below.add(text);
  };

  const atText = (text: string, walk: Walk): Reached | undefined => {
    if (text.length <= LONGEST_PORT) notePorts(text, walk);
    if (text.length <= MAX_APART) noteParts(text, walk);
    const readings = readingsOnce(text, own.variables);
    collect(text, readings, walk.at, walk.spoken, walk.isWithin);
    links.collect(text, readings, isForPath(walk.at), walk.linked);
    const found = findIn(text, readings, () => isForPath(walk.at), walk);
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

  const atCounted = (text: string, walk: Walk): Reached | undefined => {
    walk.characters -= text.length;
    return walk.characters < 0 ? TOO_MUCH : atText(text, walk);
  };

  const visit = (value: unknown, walk: Walk): Reached | undefined => {
    if (typeof value === 'string') return atCounted(value, walk);
    if (isNumber(value)) {
      notePorts(String(asDouble(value)), walk);
      return undefined;
    }
    if (typeof value !== 'object' || value === null) return undefined;
    if (walk.at.length > MAX_DEPTH) throw new RangeError('nested too deep');
    return inList(value, walk) ?? inMembers(value, Array.isArray(value), walk);
  };

  const inList = (value: object, walk: Walk): Reached | undefined => {
    for (const line of Array.isArray(value) ? linesOf(value) : []) {
      const found = atText(line, walk);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const inMembers = (value: object, isList: boolean, walk: Walk): Reached | undefined => {
    for (const [key, inside] of Object.entries(value)) {
      walk.at.push(key);
      const found = (isList ? undefined : atCounted(key, walk)) ?? visit(inside, walk);
      walk.at.pop();
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const inTogether = (
    { folders, relative, below, spoken, linked, ...walk }: Walk,
    from: readonly string[],
  ): Reached | undefined => {
    const ofServer = from.flatMap((folder) => Array.from(relative, (path) => `${folder}/${path}`));
    const all = [...folders, ...relative, ...from, ...ofServer];
    const places = [...folders, ...from, ...ofServer];
    const byWords = fromPlaces(spoken, places);
    if (byWords?.certain) return byWords;
    const byLinks = links.find(linked, places);
    if (byLinks?.certain) return byLinks;
    if (all.length * below.size > MAX_TOGETHER) return TOO_MUCH;
    for (const folder of all) {
      for (const name of below) {
        const path = `${folder}/${name}`;
        const found = findIn(path, readingsOnce(path, own.variables), () => true, walk);
        if (found !== undefined)
          return { certain: found.isUnsure !== true, what: found.what, at: [], value: found.value };
        if (walk.words < 0) return TOO_MUCH;
      }
    }
    return byWords === null || byLinks === null ? TOO_MUCH : byWords;
  };

  return (value, from = []) => {
    const walk: Walk = {
      words: MAX_WORDS,
      links: MAX_LINKS,
      characters: MAX_CHARACTERS,
      at: [],
      ports: new Set(),
      unsure: undefined,
      folders: new Set(),
      relative: new Set(),
      below: new Set(),
      spoken: { paths: new Map(), changes: new Set(), patterns: MAX_WORDS },
      linked: new Set(),
      isWithin: from.some((folder) => paths.find(foldAll(folder), true) !== undefined),
    };
    const found = visit(value, walk);
    if (found !== undefined) return found;
    return (
      (walk.ports.size === 0 ? undefined : besidePorts(value, walk.ports, addresses)) ??
      inTogether({ ...walk, links: 0 }, from) ??
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

/** A list's words as command lines, each no longer than one, and as a path of these names. */
function* linesOf(list: readonly unknown[]): Generator<string> {
  const words = list
    .filter((one) => typeof one === 'string' || isNumber(one))
    // Whoever writes a number into a line has mostly read a double.
    .map((one) => String(isNumber(one) ? Number(String(one)) : one));
  if (words.length < 2 || !list.some((one) => typeof one === 'string')) return;
  let line: string[] = [];
  let length = 0;
  for (const word of words.filter((one) => one.length < MAX_SHORT / 2)) {
    if (length + word.length > MAX_SHORT - line.length) {
      yield line.join(' ');
      // What belongs together may stand on both sides.
      line = line.slice(-1);
      length = line[0]?.length ?? 0;
    }
    line.push(word);
    length += word.length;
  }
  yield line.join(' ');
  if (words.length <= MAX_NAMES && words.slice(1).every((one) => !A_FOLDER.test(one))) yield words.join('/');
}

/** All texts in a value; keys, too, where a host may be one. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || isNumber(value)) return;
  for (const [key, inside] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key;
    yield* textsIn(inside);
  }
}
