import { isDeepStrictEqual } from 'node:util';

/** NATS leaves out fields that are off, so absent, false, 0 and the empty string are one and the same. */
const normal = (value: unknown): unknown =>
  value === undefined || value === false || value === 0 || value === '' ? null : value;

export type Difference = { readonly field: string; readonly wanted: unknown; readonly actual: unknown };

/** The fields of `wanted` whose value in `actual` is another one. Fields that `wanted` does not name are not compared. */
export function differences(wanted: object, actual: object): Difference[] {
  const found = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(wanted).flatMap(([field, value]) =>
    isDeepStrictEqual(normal(value), normal(found.get(field)))
      ? []
      : [{ field, wanted: value, actual: found.get(field) }],
  );
}
