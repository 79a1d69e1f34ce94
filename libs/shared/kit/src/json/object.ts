/** The members of a JSON object by their keys. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** Whether a parsed value is a JSON object: neither null nor an array. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of an object, none where it is something else. */
export const membersOf = (value: unknown): JsonMembers => (isObject(value) ? value : {});
