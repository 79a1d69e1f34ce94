import { ANONYMOUS } from '@aegis/contracts/call';
import { parseKeys } from '@aegis/contracts/keys-file';
import { createWatchedFile } from '@aegis/kit/files';
import { bearerOf, holderOf } from '@aegis/kit/keys';
import type { Logger } from '@aegis/kit/logger';

/** What the principal of a key's holder begins with. */
export const OF_KEY = 'key:';

export type KeyHolders = {
  start(): Promise<void>;
  stop(): void;
  /** Who sends a request with this `Authorization` header; undefined where a key is needed and this is none. */
  principalOf(authorization: string | undefined): string | undefined;
  readonly problem: string | undefined;
};

/** Everybody is anonymous: no keys were set up. */
const NOBODY_HAS_A_KEY: KeyHolders = {
  start: () => Promise.resolve(),
  stop: () => undefined,
  principalOf: () => ANONYMOUS,
  problem: undefined,
};

/**
 * The holders of API keys, from a file that is read again when it changes. A file that turns bad leaves the last good one
 * in force; where there is none, no key is right. Without a path nobody needs a key. `changed` is told, whenever keys
 * changed, who has the same one as before.
 */
export function createKeyHolders(
  path: string | undefined,
  log: Logger,
  changed: (isKept: (principal: string) => boolean) => void = () => undefined,
): KeyHolders {
  if (path === undefined) return NOBODY_HAS_A_KEY;
  const file = createWatchedFile({
    path,
    what: 'keys file',
    parse: parseKeys,
    nothing: { keys: {} },
    nothingMeans: 'no key is accepted',
    missing: 'problem',
    // Nobody could be told apart from a stranger.
    unreadable: 'nothing',
    log,
    changed: ({ keys: before }, { keys }) =>
      changed((principal) => {
        const name = principal.slice(OF_KEY.length);
        return Object.hasOwn(keys, name) && keys[name] === before[name];
      }),
  });
  return {
    start: () => file.start(),
    stop: () => file.stop(),
    principalOf(authorization) {
      const key = bearerOf(authorization);
      const name = key === undefined ? undefined : holderOf(key, Object.entries(file.content.keys));
      return name === undefined ? undefined : `${OF_KEY}${name}`;
    },
    get problem() {
      return file.problem;
    },
  };
}
