import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  endOfScalar,
  endOfString,
  keyOf,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
} from './json-text.ts';

type Container = unknown[] | Record<string, unknown>;

/** Whether a key in this valid JSON, in whatever object, is written with an escape. */
export function hasEscapedKeys(text: string): boolean {
  if (!text.includes('\\')) return false;
  let lastString = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) {
      lastString = at;
      at = endOfString(text, at) - 1;
    } else if (c === COLON && text.slice(lastString, at).includes('\\')) return true;
  }
  return false;
}

function put(container: Container, key: string | undefined, value: unknown): void {
  if (Array.isArray(container)) container.push(value);
  else if (key !== '__proto__') container[key as string] = value;
  else Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * Reads valid JSON key by key, without recursion. The engine's own parser takes an escaped key for another one where an
 * object with a fitting key was parsed before: after `{"a":1,"\\":2}`, it reads `{"a":1,"\u0062":2}` as the first.
 *
 * @see https://github.com/nodejs/node/issues/63785
 */
export function parseKeyByKey(text: string): unknown {
  const root: unknown[] = [];
  const parents: Container[] = [root];
  let key: string | undefined;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const c = text.charCodeAt(at);
    const container = parents.at(-1) as Container;
    if (c === COMMA || c === COLON) at++;
    else if (c === CLOSE_OBJECT || c === CLOSE_ARRAY) {
      parents.pop();
      at++;
    } else if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
      const opened: Container = c === OPEN_ARRAY ? [] : {};
      put(container, key, opened);
      key = undefined;
      parents.push(opened);
      at++;
    } else {
      const end = c === QUOTE ? endOfString(text, at) : endOfScalar(text, at);
      if (c === QUOTE && key === undefined && !Array.isArray(container)) {
        key = keyOf(text, { start: at, end });
      } else {
        put(container, key, JSON.parse(text.slice(at, end)));
        key = undefined;
      }
      at = end;
    }
  }
  return root[0];
}

/**
 * `JSON.parse` for texts that come from outside: the same value, and each key as it is written.
 *
 * @throws SyntaxError where it is not JSON
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return hasEscapedKeys(text) ? parseKeyByKey(text) : value;
}
