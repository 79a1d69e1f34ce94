import { membersOf } from '@aegis/kit/json';
import { foldName } from '@aegis/kit/text';

/** Folders of one connection. Relative paths are looked at below each of them. */
const MAX_ROOTS = 64;
const MAX_CHARACTERS = 4_096;
const TOO_MANY = `the client gave more than ${MAX_ROOTS} roots since it connected, or one of more than ${MAX_CHARACTERS} characters, and relative paths are looked at below each`;

const named = (value: unknown, name: string): unknown[] =>
  Object.entries(membersOf(value)).flatMap(([key, member]) => (foldName(key) === name ? [member] : []));

/** What any reader could take for a root, those that fold the case of keys too. */
function rootsIn(result: unknown): string[] {
  const roots = named(result, 'roots').flat();
  return roots.flatMap((root) => [root, ...named(root, 'uri')]).filter((uri) => typeof uri === 'string');
}

/**
 * The folders that a client gives a server to work in, which may take relative paths from there. All that it ever gave:
 * which of its answers the server believed, and whether it forgot one, nobody here knows.
 */
export function createRoots() {
  const given = new Set<string>();
  return {
    all: (): ReadonlySet<string> => given,
    /** Why an answer to the server goes no further: with it there would be more than can be looked at. */
    take(result: unknown): string | undefined {
      const after = new Set([...given, ...rootsIn(result)]);
      if (after.size > MAX_ROOTS || [...after].some(({ length }) => length > MAX_CHARACTERS)) return TOO_MANY;
      for (const uri of after) given.add(uri);
      return undefined;
    },
  };
}
