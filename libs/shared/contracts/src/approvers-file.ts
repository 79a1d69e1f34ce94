import { parseFile, type ReadFile } from '@aegis/kit/files';
import { KeyName } from '@aegis/kit/keys';
import { z } from 'zod';
import { CODE_APPROVER } from './approval-words.ts';
import { Digest, Principal } from './call.ts';

/** What an approver's key begins with. */
export const APPROVER_KEY_PREFIX = 'aegis_approver';

const RESERVED = `expected another name: ${CODE_APPROVER} is whoever knows the code`;

/** One approver. `principals`: who they are where they make calls themselves; they never approve their own. */
export const Approver = z.strictObject({
  key: Digest,
  roles: z.array(KeyName).optional(),
  principals: z.array(Principal).optional(),
});
export type Approver = z.infer<typeof Approver>;

type Approvers = Record<string, Approver>;
type Problems = Generator<[path: string[], message: string]>;

/** Two approvers with one key: nobody could say who decided. */
function* sharedKeys(approvers: Approvers): Problems {
  const owners = new Map<string, string>();
  for (const [name, { key }] of Object.entries(approvers)) {
    const other = owners.get(key);
    if (other === undefined) owners.set(key, name);
    else yield [[name, 'key'], `${other} has the same key; give each approver one of their own`];
  }
}

/** A name, or a role that is another one's name: a rule that names either would let in both. */
function* misleadingNames(approvers: Approvers): Problems {
  for (const [name, { roles = [] }] of Object.entries(approvers)) {
    if (name === CODE_APPROVER) yield [[name], RESERVED];
    for (const [i, role] of roles.entries()) {
      const path = [name, 'roles', String(i)];
      if (role === CODE_APPROVER) yield [path, RESERVED];
      else if (role !== name && Object.hasOwn(approvers, role)) {
        yield [path, `there is an approver named ${role}; give the role another name`];
      }
    }
  }
}

/** The approvers file: names, roles and digests, never a key. */
export const ApproversFile = z.strictObject({ approvers: z.record(KeyName, Approver) }).check((context) => {
  const { approvers } = context.value;
  for (const [path, message] of [...sharedKeys(approvers), ...misleadingNames(approvers)]) {
    context.issues.push({ code: 'custom', path: ['approvers', ...path], message, input: approvers });
  }
});
export type ApproversFile = z.infer<typeof ApproversFile>;

/** Reads the text of an approvers file. A problem is one sentence that names the field. */
export const parseApprovers = (text: string): ReadFile<ApproversFile> => parseFile(ApproversFile, text);
