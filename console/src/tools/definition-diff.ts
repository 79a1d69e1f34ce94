import { type Change, diffLines, diffWordsWithSpace } from 'diff';

type Definition = Record<string, unknown>;
type Sign = ' ' | '-' | '+';
/** A piece of text. `isMarked`: the words that differ, in lines that replace others. */
type Part = { text: string; isMarked: boolean };
/** Lines that were (`-`), that are (`+`) or that stayed, each with its sign in front, so that nothing depends on colours. */
export type DiffBlock = { sign: Sign; parts: Part[] };

/** A server could send two definitions that take minutes to compare; past this many edits they are shown whole. */
const MAX_LINE_EDITS = 400;
const MAX_WORD_EDITS = 400;
const COMPARED_CHARS = 400_000;
/** Two definitions that are larger than this, written out, are not shown at all. */
const SHOWN_CHARS = 1_000_000;

/** Members in one order: definitions that differ by order alone have one digest. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, inner]) => [key, sorted(inner)]));
}

/** Written out, or undefined where that is too large; indented, a deep one takes a hundred times its room. */
function pretty(definition: Definition): string | undefined {
  if (JSON.stringify(definition).length > SHOWN_CHARS) return undefined;
  return `${JSON.stringify(sorted(definition), null, 2)}\n`;
}

const plain = (sign: Sign, text: string): DiffBlock => {
  const lines = text.replace(/\n$/, '').split('\n');
  return { sign, parts: [{ text: lines.map((line) => `${sign} ${line}\n`).join(''), isMarked: false }] };
};

/** The lines of one side of a change of words; the words that differ are marked. */
function marked(sign: '-' | '+', words: readonly Change[]): DiffBlock {
  const parts: Part[] = [];
  let isStart = true;
  for (const { value, added, removed } of words) {
    if (sign === '-' ? added : removed) continue;
    for (const text of value.split(/(?<=\n)/)) {
      if (isStart) parts.push({ text: `${sign} `, isMarked: false });
      parts.push({ text, isMarked: (added || removed) && text !== '\n' });
      isStart = text.endsWith('\n');
    }
  }
  return { sign, parts };
}

/** Lines that replace others, with the words that differ marked, where it doesn't take long to find them. */
function replaced(before: string, after: string): DiffBlock[] {
  const words = diffWordsWithSpace(before, after, { maxEditLength: MAX_WORD_EDITS });
  return words ? [marked('-', words), marked('+', words)] : [plain('-', before), plain('+', after)];
}

function unified(changes: readonly Change[]): DiffBlock[] {
  return changes.flatMap((change, i) => {
    const [previous, next] = [changes[i - 1], changes[i + 1]];
    if (change.removed && next?.added) return replaced(change.value, next.value);
    if (change.added && previous?.removed) return [];
    return [plain(change.removed ? '-' : change.added ? '+' : ' ', change.value)];
  });
}

/**
 * A definition before and after, whole, line by line: `-` was, `+` is, the words that differ marked. Undefined where it is
 * too large to be shown.
 */
export function definitionDiff(before: Definition | undefined, after: Definition): DiffBlock[] | undefined {
  const is = pretty(after);
  const was = before === undefined ? '' : pretty(before);
  if (is === undefined || was === undefined || was.length + is.length > SHOWN_CHARS) return undefined;
  if (before === undefined) return [plain(' ', is)];
  const isQuick = was.length + is.length <= COMPARED_CHARS;
  const changes = isQuick ? diffLines(was, is, { maxEditLength: MAX_LINE_EDITS }) : undefined;
  return changes ? unified(changes) : [plain('-', was), plain('+', is)];
}
