import { posix } from 'node:path';
import { storeOf } from './accounts.ts';
import { STREAMS } from './streams.ts';

/** The server's default account, in which all streams were before each had an account of its own. */
const DEFAULT_ACCOUNT = '$G';

const folderOf = (account: string, stream: string): string =>
  posix.join('jetstream', account, 'streams', stream);

/** Where a version before the accounts kept each stream in the server's store, and where it is kept now. */
export const MOVED_STREAMS: readonly { readonly before: string; readonly now: string }[] = STREAMS.map(
  ({ name }) => ({ before: folderOf(DEFAULT_ACCOUNT, name), now: folderOf(storeOf(name), name) }),
);

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

/**
 * A shell script that takes the streams of a version before the accounts along; to be run while no server runs on that
 * store. Each is moved whole or not at all, and a script that was cut off goes on where it was.
 */
export const moveStreamsScript = (storeDir: string): string =>
  `${[
    '#!/bin/sh',
    '# Streams of a version before the accounts go where they are kept now. Run it while no server runs on them.',
    'set -e',
    'move() {',
    '  [ -d "$1" ] || return 0',
    '  if [ -e "$2" ]; then echo "$1 and $2 are both there: move away the one that is not the log." >&2; exit 1; fi',
    '  mkdir -p "$(dirname "$2")"',
    '  mv "$1" "$2"',
    '}',
    ...MOVED_STREAMS.map(
      ({ before, now }) =>
        `move ${quoted(posix.join(storeDir, before))} ${quoted(posix.join(storeDir, now))}`,
    ),
  ].join('\n')}\n`;
