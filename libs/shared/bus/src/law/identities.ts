import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnce, makeFolder } from '@aegis/kit/files';
import { createUser, fromSeed } from '@nats-io/nkeys';
import { BrokerError } from './broker-error.ts';

/** Everybody who may speak on the bus: one NATS user each. */
export const IDENTITIES = [
  'admin',
  'policy',
  'enforcer',
  'approvals',
  'notifier',
  'audit',
  'gateway',
  'mcp',
  'reader',
] as const;
export type Identity = (typeof IDENTITIES)[number];

/** The public nkey of each identity. */
export type PublicKeys = Readonly<Record<Identity, string>>;

/** The inbox prefix that a client connects with; a shared one would let services read each other's replies. */
export const inboxPrefix = (identity: Identity): string => `_INBOX_${identity}`;

/** What a request that comes from another account has for a reply subject: the server makes it, and takes the answer. */
const ACROSS_ACCOUNTS = '_R_';

const INBOX = new RegExp(`^(${[ACROSS_ACCOUNTS, ...IDENTITIES.map(inboxPrefix)].join('|')})\\.`);

/**
 * Whether a request's reply subject is somebody's inbox. A responder must not answer anywhere else: within one account the
 * server lets it answer wherever the request points, so an agent could have it write to the log or purge a stream in its
 * name. Nothing is stored on a subject of the server's own making, on a server without accounts neither.
 */
export const isInbox = (subject: string): boolean => INBOX.test(subject);

/** `<dir>/<identity>.nk`: the file that holds the identity's seed, readable by the owner only. */
export const seedFile = (keysDir: string, identity: Identity): string => join(keysDir, `${identity}.nk`);

/** The nkey seed of an identity, for `nkeyAuthenticator`. @throws BrokerError where it can't be read. */
export async function readSeed(keysDir: string, identity: Identity): Promise<Uint8Array> {
  const file = seedFile(keysDir, identity);
  try {
    return new TextEncoder().encode((await readFile(file, 'utf8')).trim());
  } catch (cause) {
    throw new BrokerError(
      `The key ${file} can't be read: start AegisMCP with this data directory once, or as the user that owns it.`,
      { cause },
    );
  }
}

/** Leaves a seed that is already there alone: two first starts agree on one. */
const createSeed = (keysDir: string, identity: Identity): Promise<boolean> =>
  createOnce(seedFile(keysDir, identity), `${new TextDecoder().decode(createUser().getSeed())}\n`);

async function ensureIdentity(keysDir: string, identity: Identity): Promise<string> {
  await makeFolder(keysDir, 0o700);
  await chmod(keysDir, 0o700);
  await createSeed(keysDir, identity);
  return publicKey(keysDir, identity);
}

/**
 * Makes the seeds that are missing and returns the public keys of all. Folders are 0700, files 0600.
 * @param keysDir the folder of them all, or for each identity a folder of its own
 * @throws BrokerError where a seed file is damaged.
 */
export async function ensureIdentities(
  keysDir: string | ((identity: Identity) => string),
): Promise<PublicKeys> {
  const keys: [Identity, string][] = [];
  for (const identity of IDENTITIES) {
    const folder = typeof keysDir === 'string' ? keysDir : keysDir(identity);
    keys.push([identity, await ensureIdentity(folder, identity)]);
  }
  return Object.fromEntries(keys) as PublicKeys;
}

async function publicKey(keysDir: string, identity: Identity): Promise<string> {
  const seed = await readSeed(keysDir, identity);
  try {
    return fromSeed(seed).getPublicKey();
  } catch (cause) {
    const file = seedFile(keysDir, identity);
    throw new BrokerError(`The key ${file} is damaged: delete it and start again, a new one is made.`, {
      cause,
    });
  }
}
