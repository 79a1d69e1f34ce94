import { type GlobToken, matchGlob, parseGlob } from './glob.ts';
import { remember } from './memo.ts';

/** Finds, among many globs, those that match a name, without trying each of them. */
export interface GlobIndex {
  /** The positions of the globs that match, ascending, up to and with the first that ends the search. */
  matching(name: string): readonly number[];
}

type Positions = number[];

/** Globs filed by what a name must have: the name itself, how it starts or ends, or three characters in it. */
interface Files {
  readonly exact: Map<string, Positions>;
  readonly starts: Map<string, Positions>;
  readonly ends: Map<string, Positions>;
  readonly trigrams: Map<string, Positions>;
  readonly rest: Positions;
}

/** `endsSearch` says of a position that nothing after it can matter once it has matched. */
export function createGlobIndex(
  patterns: readonly string[],
  endsSearch: (position: number) => boolean,
): GlobIndex {
  const globs = patterns.map(parseGlob);
  const files = fileGlobs(globs);
  const startLengths = lengthsOf(files.starts);
  const endLengths = lengthsOf(files.ends);

  function search(name: string): readonly number[] {
    const found: number[] = [];
    let last = Number.POSITIVE_INFINITY;
    const take = (positions: Positions | undefined, isSure: boolean) => {
      for (const position of positions ?? []) {
        if (position > last) return;
        if (!isSure && !matchGlob(globs[position] ?? [], name)) continue;
        found.push(position);
        if (endsSearch(position)) last = position;
      }
    };
    take(files.exact.get(name), true);
    for (const length of startLengths) {
      if (length <= name.length) take(files.starts.get(name.slice(0, length)), true);
    }
    for (const length of endLengths) {
      if (length <= name.length) take(files.ends.get(name.slice(name.length - length)), true);
    }
    if (files.trigrams.size > 0) {
      for (const trigram of new Set(trigramsOf(name))) take(files.trigrams.get(trigram), false);
    }
    take(files.rest, false);
    return found.filter((position) => position <= last).toSorted((a, b) => a - b);
  }
  return { matching: remember(search) };
}

function fileGlobs(globs: readonly (readonly GlobToken[])[]): Files {
  const files: Files = {
    exact: new Map(),
    starts: new Map(),
    ends: new Map(),
    trigrams: new Map(),
    rest: [],
  };
  const others: [position: number, trigrams: string[]][] = [];
  for (const [position, tokens] of globs.entries()) {
    const [first, ...inner] = literalRuns(tokens);
    const isPlain = tokens.every(({ kind }) => kind === 'literal' || kind === 'star');
    const last = inner.at(-1) ?? '';
    if (isPlain && inner.length === 0) file(files.exact, first ?? '', position);
    else if (isPlain && inner.length === 1 && last === '') file(files.starts, first ?? '', position);
    else if (isPlain && inner.length === 1 && first === '') file(files.ends, last, position);
    else others.push([position, [first ?? '', ...inner].flatMap(trigramsOf)]);
  }
  fileByRarestTrigram(files, others);
  return files;
}

/** The rarest, because globs made from one template share all the others. */
function fileByRarestTrigram(files: Files, globs: readonly [position: number, trigrams: string[]][]): void {
  const uses = new Map<string, number>();
  for (const trigram of globs.flatMap(([, trigrams]) => trigrams)) {
    uses.set(trigram, (uses.get(trigram) ?? 0) + 1);
  }
  const rarer = (a: string, b: string) => ((uses.get(a) ?? 0) <= (uses.get(b) ?? 0) ? a : b);
  for (const [position, trigrams] of globs) {
    if (trigrams.length === 0) files.rest.push(position);
    else file(files.trigrams, trigrams.reduce(rarer), position);
  }
}

/** The literal texts before, between and after the other steps; `a*b` gives `a`, `b`, and `*b` gives ``, `b`. */
function literalRuns(tokens: readonly GlobToken[]): string[] {
  const runs = [''];
  for (const token of tokens) {
    if (token.kind === 'literal') runs.push((runs.pop() ?? '') + String.fromCharCode(token.code));
    else runs.push('');
  }
  return runs;
}

function trigramsOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - 2) }, (_, at) => text.slice(at, at + 3));
}

function lengthsOf(byText: ReadonlyMap<string, Positions>): readonly number[] {
  return [...new Set(Array.from(byText.keys(), (text) => text.length))];
}

function file(into: Map<string, Positions>, key: string, position: number): void {
  const positions = into.get(key);
  if (positions) positions.push(position);
  else into.set(key, [position]);
}
