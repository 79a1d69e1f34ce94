import { writeFile } from 'node:fs/promises';
import { APPROVER_KEY_PREFIX, type Approver } from '@aegis/contracts/approvers-file';
import { keyDigest, makeKey } from '@aegis/kit/keys';

/** Ada and Bob are of finance, Cyd is of support; Dee is an admin. */
const PEOPLE = {
  ada: { roles: ['finance'] },
  bob: { roles: ['finance'] },
  cyd: { roles: ['support'] },
  dee: { roles: ['admin'] },
} satisfies Record<string, Omit<Approver, 'key'>>;
export type Name = keyof typeof PEOPLE;
/** Each person's own key. */
export type Keys = Readonly<Record<Name, string>>;

/** Writes an approvers file. Gives the keys, of which the file has the digests only. */
export async function writePeople(path: string): Promise<Keys> {
  const keys = Object.keys(PEOPLE).map((name) => [name, makeKey(APPROVER_KEY_PREFIX)] as const);
  const approvers = Object.fromEntries(
    keys.map(([name, key]) => [name, { ...PEOPLE[name as Name], key: keyDigest(key) }]),
  );
  await writeFile(path, JSON.stringify({ approvers }));
  return Object.fromEntries(keys) as Keys;
}
