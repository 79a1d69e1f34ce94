import { countMembers, isObject, keyOf, members, OPEN_OBJECT, parseJson, slice } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';
import { hidesLetters } from './envelope.ts';
import type { JsonObject } from './json-object.ts';
import type { Message } from './message.ts';
import { isReadIn, META_KEYS, METHOD_NAMES, PARAMS_KEYS, type ProtocolKeys } from './protocol-keys.ts';
import { spanOf } from './splice.ts';

/** Levels that arguments may have, and those that the envelope, `params` and `_meta` add. */
const MAX_LEVELS = 64 + 4;

const SAME_KEY = 'The message has an object with the same key twice.';
/** What is copied member by member gets the members of its value. */
const HAS_PROTO = 'The message has the key "__proto__".';

type Tree = Readonly<Record<string, unknown>> | readonly unknown[];
type Call = Exclude<Message, { kind: 'response' }>;

/** More levels than any call needs. */
export const depthProblem = ({ scan }: JsonObject): string | undefined =>
  scan.depth > MAX_LEVELS ? 'The message is nested too deep.' : undefined;

/** Visits all objects and arrays of a value, itself included, without recursion; ends at the first that is a problem. */
function findIn(root: Tree, problemOf: (tree: Tree) => string | undefined): string | undefined {
  const rest: Tree[] = [root];
  for (let tree = rest.pop(); tree; tree = rest.pop()) {
    const problem = problemOf(tree);
    if (problem !== undefined) return problem;
    for (const item of Array.isArray(tree) ? tree : Object.values(tree)) {
      if (Array.isArray(item) || isObject(item)) rest.push(item);
    }
  }
  return undefined;
}

const isBroken = (value: unknown): boolean => typeof value === 'string' && !value.isWellFormed();

/**
 * What two readers could read differently anywhere in the message: the same key twice (there are more members in the
 * text than in its value), `__proto__`, half a surrogate pair.
 */
export function treeProblem({ text, value, scan }: JsonObject): string | undefined {
  const hasUnicodeEscapes = text.includes('\\u');
  let seen = 0;
  const problem = findIn(value, (tree) => {
    const names = Array.isArray(tree) ? [] : Object.keys(tree);
    seen += names.length;
    if (names.includes('__proto__')) return HAS_PROTO;
    const isIllFormed = hasUnicodeEscapes && (names.some(isBroken) || Object.values(tree).some(isBroken));
    return isIllFormed ? 'The message has text with a lone surrogate.' : undefined;
  });
  return problem ?? (seen === scan.members ? undefined : SAME_KEY);
}

function keysProblem(
  value: object,
  keys: ProtocolKeys,
  place: string,
  isJudged: boolean,
): string | undefined {
  for (const key of Object.keys(value)) {
    const field = keys.lookedLike(key, isJudged);
    if (field !== undefined) return `The ${place} have a key that only looks like "${field}".`;
  }
  return undefined;
}

/** A field of `params`, or of its `_meta`, whose name is written with an escape. */
function escapedKey(text: string, path: readonly string[], keys: ProtocolKeys): string | undefined {
  const span = spanOf(text, path);
  if (!span || text.charCodeAt(span.start) !== OPEN_OBJECT) return undefined;
  for (const { key } of members(text, span.start)) {
    const name = keyOf(text, key);
    if (keys.has(name) && hidesLetters(slice(text, key)))
      return `The key "${name}" is written with an escape.`;
  }
  return undefined;
}

/** A key of `params` or `_meta` that is not a protocol field, or not plainly, and that a reader could take for one. */
export function paramsProblem(
  { text, method, params }: Call,
  { hasEscapedKeys }: JsonObject,
): string | undefined {
  const twin = METHOD_NAMES.lookedLike(method);
  if (twin !== undefined) return `The method only looks like "${twin}".`;
  if (!params) return undefined;
  const isJudged = isReadIn(method);
  const { _meta: meta } = params;
  const metaProblem =
    typeof meta === 'object' && meta !== null
      ? keysProblem(meta, META_KEYS, 'params._meta', isJudged)
      : undefined;
  const problem = keysProblem(params, PARAMS_KEYS, 'params', isJudged) ?? metaProblem;
  if (problem !== undefined || !hasEscapedKeys) return problem;
  return escapedKey(text, ['params'], PARAMS_KEYS) ?? escapedKey(text, ['params', '_meta'], META_KEYS);
}

/**
 * Why two readers could read this message differently, though it passed: the same key twice in one object, or keys that
 * differ only by case or invisible characters (`path` beside `Path`), or that end early as a C string does, or `__proto__`.
 * For arguments that a rule looks at, for a server's lists, and what may ask. Undefined where there is one reading.
 */
export function ambiguity(message: Message): string | undefined {
  let seen = 0;
  const problem = findIn(parseJson(message.text, 'as doubles') as Tree, (tree) => {
    if (Array.isArray(tree)) return undefined;
    const names = Object.keys(tree);
    seen += names.length;
    if (names.includes('__proto__')) return HAS_PROTO;
    const isClear =
      new Set(names.map(foldName)).size === names.length && !names.some((name) => name.includes('\0'));
    return isClear ? undefined : 'The message has keys that differ only by case or invisible characters.';
  });
  return problem ?? (seen === countMembers(message.text) ? undefined : SAME_KEY);
}
