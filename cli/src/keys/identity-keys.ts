import {
  AGENT,
  type Identity,
  type IdentityKey,
  identityIdFor,
  isBoth,
  principalOf,
  rolesOfKey,
  sideOfKey,
} from '@aegis/contracts/identities';
import { keyDigest, makeIdentityKey } from '@aegis/kit/keys';
import { failure } from '../cli-error.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { dataDirOf } from '../local/stack/stack-file.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';
import { createIdentity, listIdentities, revokeKeys, rotateKey } from './ask-policy.ts';
import { readHolders } from './holders-file.ts';
import { keyEnd } from './identity-words.ts';
import { mcpKeys } from './mcp-keys.ts';
import { isMcpClosed } from './who-is-asked.ts';

export type CreateOptions = GlobalOptions & {
  readonly name: string;
  readonly kind?: Identity['kind'];
  readonly role?: string[];
  readonly principal?: string[];
  readonly expires?: number;
};
export type SideOptions = GlobalOptions & { readonly as?: IdentityKey['as'] };
export type RotateOptions = SideOptions & { readonly expires?: number; readonly overlap: number };

const FIRST =
  'This is the first key of an agent: from now on calls over REST and MCP over HTTP need one, and nobody is anonymous there any more.';

const OF_FILE = 'Keys of mcp-keys.json stay good at /mcp.';

/** A name of the keys file would be the same caller. @throws CliError `name_taken` */
async function requireNotInFile(host: Host, name: string): Promise<void> {
  const file = mcpKeys(host);
  const inFile = Object.keys(await readHolders(file)).find(
    (one) => identityIdFor(one) === identityIdFor(name),
  );
  if (inFile === undefined) return;
  const detail = `${file.path} has a key of the name ${inFile}, which is the same caller: take another name, or remove that one with "aegis keys remove ${inFile}".`;
  throw failure('name_taken', 'The name is taken', detail);
}

/** Its digest goes to the log; the key itself stays here. */
export const newKey = (lifetimeMs: number | undefined) => {
  const key = makeIdentityKey();
  const expires_at = lifetimeMs === undefined ? undefined : new Date(Date.now() + lifetimeMs).toISOString();
  return { key, kept: { digest: keyDigest(key), expires_at } };
};

export function printKey(host: Host, key: string, identity: Identity, { json }: GlobalOptions): void {
  const { name, keys } = identity;
  const last = keys.at(-1);
  const roles = last === undefined ? identity.roles : rolesOfKey(identity, last);
  const kind = last === undefined ? identity.kind : (sideOfKey(identity, last) ?? identity.kind);
  const principal = principalOf(name);
  if (json) printDocument(host, { name, key, principal, roles, expires_at: last?.expires_at });
  else printLine(host, key);
  const end = last === undefined ? '' : keyEnd(last, Date.now());
  printNote(
    host,
    `This key is shown once, and only its digest is kept. It is good ${end}; ${kind === 'person' ? `with it ${name} is known` : `calls made with it are those of ${principal}`}.`,
  );
}

/** `aegis keys create`: a name on the log, with roles and a key. */
export async function createKey(host: Host, options: CreateOptions): Promise<ExitCode> {
  const { name, role: roles = [AGENT], principal: principals, expires } = options;
  const { kind = roles.every((role) => role === AGENT) ? 'agent' : 'person' } = options;
  await requireNotInFile(host, name);
  const { asked } = await listIdentities(host);
  const isClosed = isMcpClosed(host.env, dataDirOf(host.env));
  if (!asked && roles.includes(AGENT)) printNote(host, isClosed ? `${FIRST} ${OF_FILE}` : FIRST);
  const { key, kept } = newKey(expires);
  printKey(host, key, await createIdentity(host, { name, kind, roles, principals, key: kept }), options);
  return 0;
}

/** @throws CliError `identity_not_found` */
export async function identityOf(host: Host, name: string): Promise<Identity> {
  const { identities } = await listIdentities(host);
  const found = identities.find((one) => one.name === name);
  if (found !== undefined) return found;
  const detail = `There is nobody of the name ${name}; "aegis keys list" shows who there is.`;
  throw failure('identity_not_found', 'Nobody has this name', detail);
}

/** Whose keys are meant, of who is both: the agent's, where it is not said. */
const sideIn = (identity: Identity, as: IdentityKey['as']): IdentityKey['as'] =>
  isBoth(identity) ? (as ?? 'agent') : as;

/** As long as the newest key of the same side was made for. */
function lifetimeOf(identity: Identity, side: IdentityKey['as']): number | undefined {
  const same = identity.keys.filter((key) => !isBoth(identity) || sideOfKey(identity, key) === side);
  const { created_at, expires_at } = same.at(-1) ?? {};
  if (created_at === undefined || expires_at === undefined) return undefined;
  return Date.parse(expires_at) - Date.parse(created_at);
}

/** `aegis keys rotate`: one more key; those before it end after the overlap. */
export async function rotateKeys(host: Host, name: string, options: RotateOptions): Promise<ExitCode> {
  const { expires, overlap: overlap_ms } = options;
  const identity = await identityOf(host, name);
  const as = sideIn(identity, options.as);
  const { key, kept } = newKey(expires ?? lifetimeOf(identity, as));
  printKey(host, key, await rotateKey(host, { name, key: kept, overlap_ms, as }), options);
  if (isBoth(identity)) printNote(host, otherSide(name, as));
  const ends = new Date(Date.now() + overlap_ms).toISOString();
  printNote(
    host,
    overlap_ms === 0
      ? 'The key before it is no longer good.'
      : `The key before it is good until ${ends} at most.`,
  );
  return 0;
}

const otherSide = (name: string, as: IdentityKey['as']): string => {
  const other = as === 'agent' ? 'person' : 'agent';
  return `${name} is a person and an agent: this is the ${as}'s; the ${other}'s keys stay as they are ("--as ${other}" means those).`;
};

/** `aegis keys revoke`: no key of this name is good any more. */
export async function revokeAll(host: Host, name: string, options: SideOptions): Promise<ExitCode> {
  const { json } = options;
  const as = sideIn(await identityOf(host, name), options.as);
  const identity = await revokeKeys(host, { name, as });
  if (json) printDocument(host, identity);
  else printLine(host, `No key of ${isBoth(identity) ? `the ${as} ` : ''}${name} is good any more.`);
  if (isBoth(identity)) printNote(host, otherSide(name, as));
  printNote(
    host,
    'A firewall that runs refuses them within a second. The name stays: "aegis keys rotate" makes it a new key, "aegis keys remove" takes it out.',
  );
  return 0;
}

/** `aegis keys show`: all keys of a name, those that are over among them. */
export async function showKeys(host: Host, name: string, options: GlobalOptions): Promise<ExitCode> {
  const identity = await identityOf(host, name);
  const rows = identity.keys.map((key) => [key.digest, key.created_at, keyEnd(key, Date.now())]);
  printList(host, options, identity, ['DIGEST', 'MADE', 'GOOD'], rows, `${name} has no key.`);
  return 0;
}
