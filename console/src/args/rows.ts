import { isNumber } from '@aegis/kit/numbers';
import { lookalikes } from '../text/names.ts';

/** What became of an argument since the call that it is compared with. */
export type Mark = 'added' | 'removed' | 'changed';

/** One line of a tree. A leaf has `text`, a branch how many it `holds`. `was`: what it was before. */
export type Row = {
  id: string;
  depth: number;
  key: string;
  text: string;
  kind: 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array' | 'nothing';
  holds?: number;
  mark?: Mark;
  was?: string;
  /** There is another key beside it that looks like this one. */
  alike?: true;
};

type Branch = Record<string, unknown>;
type Visit = {
  key: string;
  depth: number;
  id: string;
  now: Side;
  old: Side;
  alike: boolean;
};
/** A value, or that there is none. */
type Side = { value: unknown } | undefined;

const NOTHING = Symbol('nothing');
const NONE: ReadonlySet<string> = new Set();

const isBranch = (value: unknown): value is Branch =>
  typeof value === 'object' && value !== null && !isNumber(value);

function kindOf(value: unknown): Row['kind'] {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isNumber(value)) return 'number';
  const kind = typeof value;
  return kind === 'string' || kind === 'boolean' ? kind : 'object';
}

/** A value in full: a text as it is, anything else as JSON. */
export const written = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

const own = (branch: unknown, key: string): Side =>
  isBranch(branch) && Object.hasOwn(branch, key) ? { value: branch[key] } : undefined;

/** Its children, those that are gone after those that are there. `old` counts only where something is compared. */
function childrenOf(visit: Visit, now: Branch, old: unknown, comparing: boolean): Visit[] {
  const gone = comparing && isBranch(old) ? Object.keys(old).filter((key) => !Object.hasOwn(now, key)) : [];
  const keys = [...Object.keys(now), ...gone];
  const alike = Array.isArray(now) ? NONE : lookalikes(keys);
  return keys.map((key) => ({
    key,
    depth: visit.depth + 1,
    id: `${visit.id}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    now: own(now, key),
    old: comparing ? (own(old, key) ?? { value: NOTHING }) : undefined,
    alike: alike.has(key),
  }));
}

function rowOf({ key, depth, id, now, old, alike }: Visit): Row {
  const place = { id, key, depth, ...(alike ? { alike } : {}) };
  if (now === undefined) {
    return { ...place, kind: 'nothing', text: '', mark: 'removed', was: written(old?.value) };
  }
  const kind = kindOf(now.value);
  const row: Row = isBranch(now.value)
    ? { ...place, kind, text: '', holds: Object.keys(now.value).length }
    : { ...place, kind, text: written(now.value) };
  if (old === undefined) return row;
  if (old.value === NOTHING) return { ...row, mark: 'added' };
  const isSame =
    kind === kindOf(old.value) && (isBranch(now.value) || written(now.value) === written(old.value));
  return isSame ? row : { ...row, mark: 'changed', was: written(old.value) };
}

/**
 * All lines of a tree in their order, with nothing left out. Without recursion: a tree may be deeper than the stack. With
 * `before`, each line says what became of it since.
 */
export function rowsOf(args: Branch, before?: Branch): Row[] {
  const root: Visit = {
    key: '',
    depth: -1,
    id: '',
    now: { value: args },
    old: undefined,
    alike: false,
  };
  const todo = childrenOf(root, args, before, before !== undefined).toReversed();
  const rows: Row[] = [];
  for (let visit = todo.pop(); visit !== undefined; visit = todo.pop()) {
    const row = rowOf(visit);
    rows.push(row);
    const value = visit.now?.value;
    if (!isBranch(value)) continue;
    // What is new as a whole, or was something else, is marked once, where it begins.
    const comparing = visit.old !== undefined && row.mark === undefined;
    for (const child of childrenOf(visit, value, visit.old?.value, comparing).toReversed()) todo.push(child);
  }
  return rows;
}

/** Under this name stands what the server gets besides the arguments; ids of its lines are none of theirs. */
const BESIDES = 'sent besides the arguments';
const withBesides = (input: Branch | undefined): Branch => (input === undefined ? {} : { [BESIDES]: input });

type Sent = { args?: Branch | undefined; input?: Branch | undefined };

/** All that the server gets of a call, the arguments first. */
export function rowsOfCall(call: Sent, before?: Sent): Row[] {
  const besides = rowsOf(withBesides(call.input), before && withBesides(before.input));
  return [
    ...rowsOf(call.args ?? {}, before && (before.args ?? {})),
    ...besides.map((row) => ({ ...row, id: `+${row.id}` })),
  ];
}

/** How many lines carry each mark. */
export function marksIn(rows: readonly Row[]): Record<Mark, number> {
  const marks = { added: 0, removed: 0, changed: 0 };
  for (const { mark } of rows) if (mark !== undefined) marks[mark] += 1;
  return marks;
}
