import canonicalize from 'canonicalize';
import { WrittenNumber } from './written-number.ts';

/** How the writer of canonical JSON, which knows nothing of raw JSON, writes what {@link WrittenNumber} is in JSON. */
const RAW = '{"rawJSON":"';

/** The same form, with numbers as they are written. */
function writeOut(value: unknown): string {
  if (value instanceof WrittenNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => writeOut(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return canonicalize(value) ?? 'null';
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = members.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${writeOut(item)}`).join(',')}}`;
}

/**
 * The RFC 8785 form of a JSON value, in which a number that is written in another way than JavaScript writes it stands as it
 * is written. Undefined where a value has no JSON form.
 */
export function canonicalJson(value: unknown): string | undefined {
  const text = canonicalize(value);
  return text?.includes(RAW) ? writeOut(value) : text;
}
