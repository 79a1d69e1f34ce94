import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { tolerant } from './tolerant.ts';

type Member = { readonly name: string; readonly value: unknown };

const at = (data: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], data);

/** The members that a schema does not know, at every depth; undefined where the data breaks it in another way too. */
function unknownMembers(schema: z.ZodType, data: unknown): Member[] | undefined {
  const { success, error } = schema.safeParse(data);
  if (success) return [];
  const members: Member[] = [];
  for (const issue of error.issues) {
    if (issue.code !== 'unrecognized_keys') return undefined;
    for (const name of issue.keys) members.push({ name, value: at(data, [...issue.path, name]) });
  }
  return members;
}

/**
 * Data that may be written: as its schema says, and with no other member. The one exception is what a newer version wrote
 * into the state that this goes on from, `before`: that goes on with it, under the same name and with the same value.
 *
 * @throws ZodError
 */
export function parseWritten<S extends z.ZodType>(
  schema: S,
  data: z.input<S>,
  before?: unknown,
): z.output<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const carried = before === undefined ? [] : (unknownMembers(schema, before) ?? []);
  const isCarried = (member: Member): boolean => carried.some((one) => isDeepStrictEqual(one, member));
  if (unknownMembers(schema, data)?.every(isCarried)) return tolerant(schema, 'kept').parse(data);
  throw parsed.error;
}
