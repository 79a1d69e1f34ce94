import { Refused } from './errors.ts';

const isToJson = (value: object): value is { toJSON: (key: string) => unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';

/** What a value is that JSON has no word for, or changes without a word; undefined where it is none. */
function whatNoJson(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (typeof value === 'bigint') return 'a BigInt';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (value === undefined) return 'undefined';
  return value instanceof Map || value instanceof Set ? `a ${value.constructor.name}` : undefined;
}

/** The first place that JSON can't say. A member that is undefined is a member that is not there. */
function noJson(value: unknown, place: string, inside: readonly object[] = []): string | undefined {
  const what = whatNoJson(value);
  if (what !== undefined) return `${place} is ${what}`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (inside.includes(value)) return `${place} is inside itself`;
  const within = [...inside, value];
  if (isToJson(value)) return noJson(value.toJSON(''), place, within);
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  for (const [key, one] of entries) {
    if (one === undefined && !Array.isArray(value)) continue;
    const found = noJson(one, `${place}.${key}`, within);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A copy as the firewall reads it. @throws Refused, with the place, where JSON can't say what is there */
export function jsonCopy<T>(value: T, place: string): T {
  let found: string | undefined;
  try {
    found = noJson(value, place);
    if (found === undefined) return JSON.parse(JSON.stringify(value)) as T;
  } catch (thrown) {
    found = `${place} can't be written (${thrown instanceof Error ? thrown.message : String(thrown)})`;
  }
  throw new Refused(`${found}, which JSON can't say: nothing was asked, and nothing ran`);
}
