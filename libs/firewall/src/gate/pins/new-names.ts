/** Tools that nobody has seen before and that one connection may put on record: a server that lies must not fill it. */
export const MAX_NEW_NAMES = 1_000;

/** The names that one connection has put on record, and for whom. */
export type NewNames = ReturnType<typeof createNewNames>;

/** `refused` is told once, where there are more, or other definitions than may be written. */
export function createNewNames(principal: string, refused: (because: string) => void) {
  const names = new Set<string>();
  let isTold = false;
  const tell = (because: string): void => {
    if (!isTold) refused(because);
    isTold = true;
  };
  return {
    principal,
    /** False where this connection may add no name, and this is none of those that it has added. */
    add(name: string): boolean {
      if (names.has(name)) return true;
      if (names.size < MAX_NEW_NAMES) return names.add(name) !== undefined;
      tell(`The server lists more than ${MAX_NEW_NAMES} tools that were never seen.`);
      return false;
    },
    tell,
  };
}
