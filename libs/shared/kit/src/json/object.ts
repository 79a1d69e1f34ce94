import { WrittenNumber } from '../numbers/mod.ts';

/** The members of a JSON object by their keys. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** Whether a parsed value is a JSON object: neither null nor an array, nor a number that is kept as it is written. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);

/** The members of an object, none where it is something else. */
export const membersOf = (value: unknown): JsonMembers => (isObject(value) ? value : {});
