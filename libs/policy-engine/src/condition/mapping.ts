/** What stands under `when`: fields with matchers, and conditions joined by `all`, `any` and `not`. */
export type Condition = { readonly [key: string]: unknown };

/** Whether this is a mapping as a document has them: no list, and of no class. */
export function isMapping(value: unknown): value is Condition {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
