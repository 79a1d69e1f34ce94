import { readNumber } from '../numbers/mod.ts';
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
  surveyJson,
} from './json-text.ts';
import { isNumberStart } from './number-text.ts';

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

/** How a number is read: as it is written, or as the double that is nearest to it. */
export type Numbers = 'as written' | 'as doubles';

/**
 * Reads valid JSON key by key, without recursion. The engine's own parser takes an escaped key for another one where an
 * object with a fitting key was parsed before: after `{"a":1,"\\":2}`, it reads `{"a":1,"\u0062":2}` as the first.
 *
 * @see https://github.com/nodejs/node/issues/63785
 */
export function parseKeyByKey(text: string, numbers: Numbers): unknown {
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
        const written = text.slice(at, end);
        const isKept = numbers === 'as written' && isNumberStart(c);
        put(container, key, isKept ? readNumber(written) : JSON.parse(written));
        key = undefined;
      }
      at = end;
    }
  }
  return root[0];
}

/** What a text says that `JSON.parse` took for `value`, see {@link parseJson}. */
export function parseSurveyed(text: string, value: unknown, hasPlainNumbers: boolean): unknown {
  return hasPlainNumbers && !hasEscapedKeys(text) ? value : parseKeyByKey(text, 'as written');
}

/**
 * `JSON.parse` for texts that come from outside: each key as it is written, and each number. What is written in another way
 * than JavaScript writes it is a `WrittenNumber`; most texts have none, and are read by the engine alone. With `as doubles`,
 * for who looks at keys alone, numbers are as `JSON.parse` has them.
 *
 * @throws SyntaxError where it is not JSON
 */
export function parseJson(text: string, numbers: Numbers = 'as written'): unknown {
  const value: unknown = JSON.parse(text);
  if (numbers === 'as written') return parseSurveyed(text, value, surveyJson(text).hasPlainNumbers);
  return hasEscapedKeys(text) ? parseKeyByKey(text, numbers) : value;
}
