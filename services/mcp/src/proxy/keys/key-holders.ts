import { existsSync } from 'node:fs';
import { ANONYMOUS } from '@aegis/contracts/call';
import { OF_KEY, principalOf } from '@aegis/contracts/identities';
import { KEYS_NEEDED, type KeysFile, parseKeys } from '@aegis/contracts/keys-file';
import { createOnce, createWatchedFile } from '@aegis/kit/files';
import { bearerOf, holderOf } from '@aegis/kit/keys';
import type { Logger } from '@aegis/kit/logger';

/** What is said to who sends a key that nobody has. */
export const UNKNOWN_KEY =
  'The key is not known, or no longer good: ask whoever runs the firewall for one ("aegis keys add").';

export type KeyHolders = {
  start(): Promise<void>;
  stop(): void;
  /** Who sends a request with this `Authorization` header; undefined where a key is needed and this is none. */
  principalOf(authorization: string | undefined): string | undefined;
  /** The same where a key is needed in any case. */
  holderOf(authorization: string | undefined): string | undefined;
  /** Reads the file again, for who sends a key that nobody has: it may have been made a moment ago. */
  reread(): Promise<void>;
  readonly problem: string | undefined;
};

/** Everybody is anonymous: no keys were set up. */
const NOBODY_HAS_A_KEY: KeyHolders = {
  start: () => Promise.resolve(),
  stop: () => undefined,
  principalOf: () => ANONYMOUS,
  holderOf: () => undefined,
  reread: () => Promise.resolve(),
  problem: undefined,
};

const LOCKED: KeysFile = { keys: {} };
/** Until somebody makes the first key. */
const OPEN: KeysFile = { keys: {} };

export type KeyHoldersOptions = {
  /** The keys file; without one nobody ever needs a key. */
  readonly path: string | undefined;
  /**
   * Made once a keys file was seen, and asked for at the next start: until then nobody needs a key. Without it everybody
   * does, from the start.
   */
  readonly neededPath?: string | undefined;
  readonly log: Logger;
  /** Told, whenever keys changed, who has the same one as before. */
  readonly changed?: (isKept: (principal: string) => boolean) => void;
};

/**
 * The holders of API keys, from a file that is read again when it changes. Where it is missing, or no keys file, no key is
 * right: nobody could be told apart from a stranger, nor from whom was taken out.
 */
export function createKeyHolders({ path, neededPath, log, changed }: KeyHoldersOptions): KeyHolders {
  if (path === undefined) return NOBODY_HAS_A_KEY;
  const wasNeeded = neededPath === undefined || existsSync(neededPath);
  const wayTo = (files: string): string =>
    neededPath === undefined ? '' : `; who wants none again removes ${files}, and restarts`;
  const lockedMeans =
    'no key of it is accepted, and nobody is let in over HTTP but by the key of a name on the log';
  const file = createWatchedFile({
    path,
    what: 'keys file',
    parse: parseKeys,
    nothing: LOCKED,
    nothingMeans: `${lockedMeans}${wayTo(`${neededPath} too`)}`,
    ...(wasNeeded ? {} : { unset: OPEN }),
    missing: 'problem',
    bad: 'nothing',
    log,
    async changed({ keys: before }, now) {
      changed?.((principal) => {
        const name = principal.slice(OF_KEY.length);
        return (
          principal === principalOf(name) && Object.hasOwn(now.keys, name) && now.keys[name] === before[name]
        );
      });
      if (now !== OPEN && neededPath !== undefined) await createOnce(neededPath, KEYS_NEEDED);
    },
  });
  const holder = (authorization: string | undefined): string | undefined => {
    const key = bearerOf(authorization);
    const name = key === undefined ? undefined : holderOf(key, Object.entries(file.content.keys));
    return name === undefined ? undefined : principalOf(name);
  };
  return {
    start: () => file.start(),
    stop: () => file.stop(),
    principalOf: (authorization) => (file.content === OPEN ? ANONYMOUS : holder(authorization)),
    holderOf: holder,
    reread: () => file.rereadSoon(),
    get problem() {
      const hasKeys = file.content === OPEN || Object.keys(file.content.keys).length > 0;
      if (file.problem !== undefined || hasKeys) return file.problem;
      return `the keys file ${path} has no key, so ${lockedMeans}; "aegis keys add" makes one${wayTo(`it and ${neededPath}`)}`;
    },
  };
}
