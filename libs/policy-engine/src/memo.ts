/** How much one generation holds: an answer takes a slot, and each of its elements another. */
const MAX_SLOTS = 16_384;

/** Tools' names are no longer; a door may be, and thousands of long ones would be too much to keep. */
const MAX_NAME = 256;

/**
 * Remembers the answers of a pure search by name. Two generations: where the younger is full the older is dropped, so
 * that callers who make up names cost neither memory without bound nor what is asked all the time.
 */
export function remember<T>(
  search: (name: string) => readonly T[],
  maxSlots: number = MAX_SLOTS,
): (name: string) => readonly T[] {
  let young = new Map<string, readonly T[]>();
  let old = new Map<string, readonly T[]>();
  let slots = 0;
  return (name) => {
    if (name.length > MAX_NAME) return search(name);
    const known = young.get(name);
    if (known) return known;
    const answer = old.get(name) ?? search(name);
    slots += 1 + answer.length;
    if (slots > maxSlots) {
      old = young;
      young = new Map();
      slots = 1 + answer.length;
    }
    young.set(name, answer);
    return answer;
  };
}
