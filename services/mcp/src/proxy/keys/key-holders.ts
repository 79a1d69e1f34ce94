import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ANONYMOUS } from '@aegis/shared/contracts/call';
import type { Logger } from '@aegis/shared/runtime/logger';
import { watchPath } from '@aegis/shared/runtime/watch-path';
import { type KeysFile, keyDigest, parseKeys } from './keys-file.ts';

const OF_KEY = 'key:';
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

export type KeyHolders = {
  start(): Promise<void>;
  stop(): void;
  /** Who sends a request with this `Authorization` header; undefined where a key is needed and this is none. */
  principalOf(authorization: string | undefined): string | undefined;
  readonly problem: string | undefined;
};

/** Compares with every key there is, each in constant time: how long it takes tells nothing. */
function nameOf(key: string, keys: KeysFile['keys']): string | undefined {
  const digest = Buffer.from(keyDigest(key));
  let found: string | undefined;
  for (const [name, stored] of Object.entries(keys)) {
    if (timingSafeEqual(digest, Buffer.from(stored))) found = name;
  }
  return found;
}

/** Everybody is anonymous: no keys were set up. */
const NOBODY_HAS_A_KEY: KeyHolders = {
  start: () => Promise.resolve(),
  stop: () => undefined,
  principalOf: () => ANONYMOUS,
  problem: undefined,
};

/**
 * The holders of API keys, from a file that is read again when it changes. A file that turns bad leaves the last good one
 * in force; where there is none, no key is right. Without a path nobody needs a key. `changed` is told,
 * each time that it was read, who has the same key as before.
 */
export function createKeyHolders(
  path: string | undefined,
  log: Logger,
  changed: (isKept: (principal: string) => boolean) => void = () => undefined,
): KeyHolders {
  if (path === undefined) return NOBODY_HAS_A_KEY;
  let keys: KeysFile['keys'] = {};
  let problem: string | undefined;
  let watcher: { stop(): void } | undefined;

  const refuse = (why: string, consequence: string): void => {
    problem = `the keys file ${path} ${why}; ${consequence}`;
    log.warn({ problem }, 'keys file not in force');
  };
  const take = async (): Promise<void> => {
    try {
      const read = parseKeys(await readFile(path, 'utf8'));
      if ('problem' in read)
        return refuse(`was refused (${read.problem})`, 'the last good one stays in force');
      keys = read.file.keys;
      problem = undefined;
    } catch (error) {
      // Without the file nobody can be told apart from a stranger.
      keys = {};
      refuse(`can't be read (${(error as NodeJS.ErrnoException).code})`, 'no key is accepted');
    }
  };
  let taking: Promise<void> = Promise.resolve();
  const takeAndTell = async (): Promise<void> => {
    const before = keys;
    await take();
    changed((principal) => {
      const name = principal.slice(OF_KEY.length);
      return Object.hasOwn(keys, name) && keys[name] === before[name];
    });
  };
  const retake = (): Promise<void> => (taking = taking.then(takeAndTell));

  return {
    async start() {
      await retake();
      watcher = watchPath(path, () => void retake());
    },
    stop: () => watcher?.stop(),
    principalOf(authorization) {
      const [, key] = BEARER.exec(authorization ?? '') ?? [];
      const name = key === undefined ? undefined : nameOf(key, keys);
      return name === undefined ? undefined : `${OF_KEY}${name}`;
    },
    get problem() {
      return problem;
    },
  };
}
