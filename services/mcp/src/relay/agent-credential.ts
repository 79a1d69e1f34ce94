import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@aegis/kit/env';
import { createOnce } from '@aegis/kit/files';
import { keyDigest, makeKey } from '@aegis/kit/keys';

const PREFIX = 'aegis-agent';
const CREDENTIAL = /^aegis-agent_[\w-]{43}$/;

/** Where the firewall keeps what a relay of its own user has to show. */
export const credentialPath = (dir: string): string => join(dir, 'agent-credential');

/**
 * The digest of the credential in this folder, which is made where it is missing, for its owner only.
 *
 * @throws ConfigError where something else stands there; an error of the file system
 */
export async function ensureCredential(dir: string): Promise<string> {
  const path = credentialPath(dir);
  await createOnce(path, `${makeKey(PREFIX)}\n`);
  const credential = (await readFile(path, 'utf8')).trim();
  if (CREDENTIAL.test(credential)) return keyDigest(credential);
  throw new ConfigError(`AGENT_DIR: ${path} is no credential: remove it, and the next start makes one.`);
}
