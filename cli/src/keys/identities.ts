import type { Identity } from '@aegis/contracts/identities';
import { wrongUsage } from '../cli-error.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';
import { changeRoles, listIdentities, recoverAdmin } from './ask-policy.ts';
import { identityOf, newKey, printKey } from './identity-keys.ts';
import { keyState } from './identity-words.ts';

type RolesOptions = GlobalOptions & { readonly add?: string[]; readonly drop?: string[] };
type RecoverOptions = GlobalOptions & { readonly expires?: number };

const HEADER = ['NAME', 'KIND', 'ROLES', 'IN RULES', 'CALLS AS', 'KEYS'];

function row({ name, kind, roles, rule_roles = [], principals = [], keys }: Identity): string[] {
  const good = keys.filter((key) => keyState(key, Date.now()) === 'good').length;
  return [name, kind, roles.join(' '), rule_roles.join(' '), principals.join(' '), `${good} good`];
}

/** `aegis identities list` */
export async function showAll(host: Host, options: GlobalOptions): Promise<ExitCode> {
  const answer = await listIdentities(host);
  printList(host, options, answer, HEADER, answer.identities.map(row), 'Nobody has a name yet.');
  return 0;
}

/** `aegis identities show` */
export async function showOne(host: Host, name: string, options: GlobalOptions): Promise<ExitCode> {
  const identity = await identityOf(host, name);
  printList(host, options, identity, HEADER, [row(identity)], '');
  return 0;
}

/** `aegis identities roles`: what somebody may do from now on. */
export async function setRoles(host: Host, name: string, options: RolesOptions): Promise<ExitCode> {
  const { add = [], drop = [], json } = options;
  if (add.length + drop.length === 0) throw wrongUsage('Say which: --add <role>, --drop <role>, or both.');
  const identity = await changeRoles(host, { name, add, drop });
  const all = [...new Set([...identity.roles, ...(identity.rule_roles ?? [])])];
  if (json) printDocument(host, identity);
  else printLine(host, `${name} has ${all.length === 0 ? 'no role' : `the role ${all.join(', ')}`}.`);
  printNote(host, 'It counts within a second, wherever the firewall runs.');
  return 0;
}

/** `aegis identities recover`: an admin again, for whoever has the machine. */
export async function recover(host: Host, name: string, options: RecoverOptions): Promise<ExitCode> {
  const { key, kept } = newKey(options.expires);
  printKey(host, key, await recoverAdmin(host, { name, key: kept }), options);
  printNote(host, `${name} is an admin; every key that ${name} had before is revoked. It is on record.`);
  return 0;
}
