import {
  elements,
  endOfValue,
  keyOf,
  type MemberSpan,
  members,
  OPEN_ARRAY,
  OPEN_OBJECT,
  type Span,
  skipSpace,
} from '@aegis/kit/json';

/** Keys and indices from the root of a message to one of its values. */
export type Path = readonly (string | number)[];

/** New text for a stretch of the old one. */
export type Edit = { readonly span: Span; readonly text: string };

/** The member with this key. A key that is there twice is an error: readers differ in which one counts. */
function memberOf(text: string, object: Span, key: string): MemberSpan | undefined {
  let found: MemberSpan | undefined;
  for (const member of members(text, object.start)) {
    if (keyOf(text, member.key) !== key) continue;
    if (found) throw new Error(`The key ${JSON.stringify(key)} is there twice.`);
    found = member;
  }
  return found;
}

function elementOf(text: string, array: Span, index: number): Span | undefined {
  let at = 0;
  for (const element of elements(text, array.start)) {
    if (at++ === index) return element;
  }
  return undefined;
}

function child(text: string, parent: Span, step: string | number): Span | undefined {
  const opening = text.charCodeAt(parent.start);
  if (typeof step === 'string') {
    return opening === OPEN_OBJECT ? memberOf(text, parent, step)?.value : undefined;
  }
  return opening === OPEN_ARRAY ? elementOf(text, parent, step) : undefined;
}

/**
 * Where the value at this path is written, or undefined where there is none. The text must be valid JSON. Keys are
 * compared by what they say, not by how they are written.
 *
 * @throws Error where a key of the path is twice in its object
 */
export function spanOf(text: string, path: Path): Span | undefined {
  const start = skipSpace(text, 0);
  let span: Span | undefined = { start, end: endOfValue(text, start) };
  for (const step of path) {
    span = child(text, span, step);
    if (!span) return undefined;
  }
  return span;
}

function existing(text: string, path: Path, opening?: number): Span {
  const span = spanOf(text, path);
  if (span && (opening === undefined || text.charCodeAt(span.start) === opening)) return span;
  throw new Error(`The message has nothing of that kind at ${JSON.stringify(path)}.`);
}

/** Where the elements of the array at this path are written. @throws Error where there is no array */
export const elementSpans = (text: string, arrayPath: Path): Span[] => [
  ...elements(text, existing(text, arrayPath, OPEN_ARRAY).start),
];

/** Makes several edits at once, in one pass. Their spans are in ascending order and don't overlap. */
export function replaceSpans(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { span, text: written } of edits) {
    parts.push(text.slice(from, span.start), written);
    from = span.end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Puts other JSON in the place of a value; all else stays as it is written. @throws Error where there is no value */
export const replaceValue = (text: string, path: Path, json: string): string =>
  replaceSpans(text, [{ span: existing(text, path), text: json }]);

/** Takes items out of a list, each with the comma after it; the last ones take the comma before them. */
function removeItems(text: string, items: readonly Span[], isGone: (at: number) => boolean): string {
  const lastKept = items.findLastIndex((_, at) => !isGone(at));
  const edits: Edit[] = [];
  for (const [at, item] of items.entries()) {
    const next = items[at + 1];
    if (at < lastKept && next && isGone(at)) {
      edits.push({ span: { start: item.start, end: next.start }, text: '' });
    }
  }
  const last = items.at(-1);
  if (last && lastKept !== items.length - 1) {
    const start = items[lastKept]?.end ?? items[0]?.start ?? last.start;
    edits.push({ span: { start, end: last.end }, text: '' });
  }
  return replaceSpans(text, edits);
}

/** Takes a member out, with one comma. The text stays as it is where there is no such member. */
export function removeMember(text: string, path: Path): string {
  const key = path.at(-1);
  const object = spanOf(text, path.slice(0, -1));
  if (typeof key !== 'string' || !object || text.charCodeAt(object.start) !== OPEN_OBJECT) return text;
  const found = memberOf(text, object, key);
  if (!found) return text;
  const items = Array.from(members(text, object.start), (member) => ({
    start: member.key.start,
    end: member.value.end,
  }));
  return removeItems(text, items, (at) => items[at]?.start === found.key.start);
}

/**
 * Gives a member of an object this value, as JSON; adds it as the last one where there is none.
 *
 * @throws Error where there is no object
 */
export function setMember(text: string, objectPath: Path, key: string, json: string): string {
  const object = existing(text, objectPath, OPEN_OBJECT);
  const found = memberOf(text, object, key);
  if (found) return replaceSpans(text, [{ span: found.value, text: json }]);
  const last = [...members(text, object.start)].at(-1);
  const at = last ? last.value.end : object.start + 1;
  const member = `${last ? ',' : ''}${JSON.stringify(key)}:${json}`;
  return replaceSpans(text, [{ span: { start: at, end: at }, text: member }]);
}

/**
 * Takes elements out of an array, each with one comma. Indices that it doesn't have are ignored.
 *
 * @throws Error where there is no array
 */
export function removeElements(text: string, arrayPath: Path, indices: Iterable<number>): string {
  const gone = new Set(indices);
  return removeItems(text, elementSpans(text, arrayPath), (at) => gone.has(at));
}
