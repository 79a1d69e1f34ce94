import { APPROVER_KEY_PREFIX } from '@aegis/contracts/approvers-file';
import { ADMIN, APPROVER, type Identity, OPERATOR } from '@aegis/contracts/identities';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { failure } from '../cli-error.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { createIdentity, listIdentities, removeIdentity } from '../keys/ask-policy.ts';
import { keyState } from '../keys/identity-words.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';

type AddOptions = GlobalOptions & { readonly role?: string[]; readonly principal?: string[] };

const WHAT_ADMIN_IS =
  'Rules may name them by the role "admin", and they say who is told of what waits. Who there is, they don\'t say: that takes "aegis identities roles NAME --add admin".';

/** Words that open something as roles, and here are only names that rules may use. */
const ROLES_THAT_OPEN = ['auditor', OPERATOR];
const opensNothing = (name: string, role: string): string =>
  `Rules may name them by "${role}"; it opens nothing: that takes "aegis identities roles ${name} --add ${role}".`;

/** `aegis approvers add`: somebody who decides. */
export async function addApprover(host: Host, name: string, options: AddOptions): Promise<ExitCode> {
  const { role: rule_roles = [], principal: principals, json } = options;
  const key = makeKey(APPROVER_KEY_PREFIX);
  const isAdmin = rule_roles.includes(ADMIN);
  const roles = isAdmin ? [APPROVER, OPERATOR] : [APPROVER];
  const asked = { name, kind: 'person' as const, roles, rule_roles, principals };
  await createIdentity(host, { ...asked, key: { digest: keyDigest(key) } });
  if (json) printDocument(host, { name, key });
  else printLine(host, key);
  printNote(
    host,
    `This key is shown once, and only its digest is kept. With it ${name} signs in at the console and decides.`,
  );
  if (isAdmin) printNote(host, WHAT_ADMIN_IS);
  for (const role of ROLES_THAT_OPEN.filter((one) => rule_roles.includes(one)))
    printNote(host, opensNothing(name, role));
  return 0;
}

const approversOf = async (host: Host): Promise<Identity[]> =>
  (await listIdentities(host)).identities.filter(({ roles }) => roles.includes(APPROVER));

/** The newest key that they approve by. */
const digestOf = ({ keys }: Identity): string =>
  keys.findLast((key) => key.as !== 'agent' && keyState(key, Date.now()) === 'good')?.digest ??
  'no key that is good';

/** `aegis approvers list` */
export async function listApprovers(host: Host, options: GlobalOptions): Promise<ExitCode> {
  const all = (await approversOf(host)).map((one) => {
    const { name, rule_roles: roles = [], principals = [] } = one;
    return { name, roles, principals, key: digestOf(one) };
  });
  const rows = all.map(({ name, roles, principals, key }) => [
    name,
    roles.join(' '),
    principals.join(' '),
    key,
  ]);
  const approvers = Object.fromEntries(all.map(({ name, ...one }) => [name, one]));
  printList(host, options, { approvers }, ['NAME', 'ROLES', 'CALLS AS', 'DIGEST'], rows, 'No approvers.');
  return 0;
}

/** `aegis approvers remove`: their key is worthless, and the name is free. @throws CliError `approver_not_found` */
export async function removeApprover(host: Host, name: string, { json }: GlobalOptions): Promise<ExitCode> {
  if (!(await approversOf(host)).some((one) => one.name === name)) {
    const detail = `There is no approver of the name ${name}; "aegis approvers list" shows who there is.`;
    throw failure('approver_not_found', 'No such approver', detail);
  }
  await removeIdentity(host, name);
  if (json) printDocument(host, { name });
  else printLine(host, `${name} approves nothing any more.`);
  return 0;
}
