import { type Html, html } from '@aegis/kit/text';
import { type Change, diffLines, diffWordsWithSpace } from 'diff';

type Definition = Record<string, unknown>;

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

/** Each line with its sign in front, so that nothing depends on colours. */
const signed = (sign: string, lines: readonly Html[]): Html[] => lines.map((line) => html`${sign} ${line}\n`);
const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');
const plain = (text: string): Html[] => linesOf(text).map((line) => html`${line}`);

/** The lines of one side of a change of words; the words that differ are marked. */
function marked(words: readonly Change[], side: 'added' | 'removed'): Html[] {
  const lines: Html[][] = [[]];
  for (const word of words) {
    if (word[side === 'added' ? 'removed' : 'added']) continue;
    for (const [i, text] of word.value.split('\n').entries()) {
      if (i > 0) lines.push([]);
      if (text !== '') lines.at(-1)?.push(word[side] ? html`<mark>${text}</mark>` : html`${text}`);
    }
  }
  return lines.slice(0, -1).map((parts) => html`${parts}`);
}

/** Lines that replace others, with the words that differ marked, where it doesn't take long to find them. */
function replaced(before: string, after: string): Html {
  const words = diffWordsWithSpace(before, after, { maxEditLength: MAX_WORD_EDITS });
  const [old, fresh] = words
    ? [marked(words, 'removed'), marked(words, 'added')]
    : [plain(before), plain(after)];
  return html`<del>${signed('-', old)}</del><ins>${signed('+', fresh)}</ins>`;
}

function unified(changes: readonly Change[]): Html[] {
  return changes.map((change, i) => {
    const [previous, next] = [changes[i - 1], changes[i + 1]];
    if (change.removed && next?.added) return replaced(change.value, next.value);
    if (change.added && previous?.removed) return html``;
    if (change.removed) return html`<del>${signed('-', plain(change.value))}</del>`;
    if (change.added) return html`<ins>${signed('+', plain(change.value))}</ins>`;
    return html`<span>${signed(' ', plain(change.value))}</span>`;
  });
}

const replacedWhole = (before: string, after: string): Html =>
  html`<del>${signed('-', plain(before))}</del><ins>${signed('+', plain(after))}</ins>`;

/**
 * A definition before and after, whole, line by line: `-` was, `+` is, the words that differ marked. Undefined where it is
 * too large to be shown.
 */
export function definitionDiff(before: Definition | undefined, after: Definition): Html | undefined {
  const is = pretty(after);
  const was = before === undefined ? '' : pretty(before);
  if (is === undefined || was === undefined || was.length + is.length > SHOWN_CHARS) return undefined;
  if (before === undefined) return html`<pre class="diff"><span>${signed(' ', plain(is))}</span></pre>`;
  const isQuick = was.length + is.length <= COMPARED_CHARS;
  const changes = isQuick ? diffLines(was, is, { maxEditLength: MAX_LINE_EDITS }) : undefined;
  return html`<pre class="diff">${changes ? unified(changes) : replacedWhole(was, is)}</pre>`;
}
