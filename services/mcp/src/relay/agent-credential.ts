import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@aegis/kit/env';
import { createOnce, takeOnChange } from '@aegis/kit/files';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import type { Logger } from '@aegis/kit/logger';

const PREFIX = 'aegis-agent';
const CREDENTIAL = /^aegis-agent_[\w-]{43}$/;

/** Where the firewall keeps what a relay of its own user has to show. */
export const credentialPath = (dir: string): string => join(dir, 'agent-credential');

/** Made where it is missing, for its owner only. @throws ConfigError where something else stands there */
async function readOrMake(path: string): Promise<string> {
  await createOnce(path, `${makeKey(PREFIX)}\n`);
  const credential = (await readFile(path, 'utf8')).trim();
  if (CREDENTIAL.test(credential)) return keyDigest(credential);
  throw new ConfigError(`AGENT_DIR: ${path} is no credential: remove it, and a new one is made.`);
}

export type AgentCredential = {
  /** @throws ConfigError where something else stands there; an error of the file system */
  start(): Promise<void>;
  stop(): void;
  /** The digest of the credential in force; undefined where nobody's is right. */
  readonly digest: string | undefined;
  /** What is wrong with the file as it is now. */
  readonly problem: string | undefined;
};

/**
 * The credential in this folder, which is made where it is missing. Another one in the file counts at once, and `changed` is
 * told; of a file that turns bad, or can't be read, nobody's is right until it is mended.
 */
export function createAgentCredential(dir: string, log: Logger, changed: () => void): AgentCredential {
  const path = credentialPath(dir);
  let digest: string | undefined;
  let problem: string | undefined;
  let isStarted = false;

  const take = async (): Promise<void> => {
    const before = digest;
    let found: string | undefined;
    try {
      found = await readOrMake(path);
      problem = undefined;
    } catch (error) {
      if (!isStarted) throw error;
      problem = error instanceof ConfigError ? error.message : `AGENT_DIR: ${path} can't be read`;
      log.warn({ problem, err: error }, 'relays are not let in');
    }
    digest = found;
    if (isStarted && digest !== before) changed();
  };
  const taking = takeOnChange(path, take, (err) => log.error({ err }, 'agent credential not taken'));
  return {
    async start() {
      await taking.start();
      isStarted = true;
    },
    stop: () => taking.stop(),
    get digest() {
      return digest;
    },
    get problem() {
      return problem;
    },
  };
}
