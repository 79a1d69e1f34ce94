import { isObject } from '@aegis/kit/json';
import { METHOD_KEY } from './input.ts';

const MOST_NAMED = 3;
/** No member of `params`: see `METHOD_KEY`. */
const METHOD = `params.${METHOD_KEY}`;
const PLAIN = /^[A-Za-z_$][\w$]*$/;

const within = (path: string, key: string): string =>
  PLAIN.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key.slice(0, 80))}]`;

const hasMembers = (value: unknown): boolean => isObject(value) && Object.keys(value).length > 0;

/** Where two values differ, by the paths of what does, the outermost first. */
function* differences(one: unknown, other: unknown, path: string): Generator<string, void> {
  // What is wholly new, or gone, is named by what is in it.
  const left = one === undefined && hasMembers(other) ? {} : one;
  const right = other === undefined && hasMembers(one) ? {} : other;
  if (isObject(left) && isObject(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      yield* differences(left[key], right[key], within(path, key));
    }
  } else if (JSON.stringify(one) !== JSON.stringify(other)) yield path;
}

/** Where two inputs differ, in words: members of `params`, a few of many, or the method. Undefined where they don't. */
export function differing(one: object = {}, other: object = {}): string | undefined {
  const paths = [...differences(one, other, 'params')].map((path) => (path === METHOD ? 'its method' : path));
  if (paths.length === 0) return undefined;
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  return paths.slice(0, MOST_NAMED).join(', ') + more;
}
