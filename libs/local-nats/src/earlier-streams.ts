import { access, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BrokerError, MOVED_STREAMS } from '@aegis/bus/law';
import { makeFolder } from '@aegis/kit/files';

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Takes the streams of a version before the accounts along, while no server runs on that store. Each is moved whole or not
 * at all, so a start that is cut off is gone on with by the next.
 *
 * @returns how many were moved
 * @throws BrokerError where a stream is in both places: a version of before ran here again, and which is the log is unclear
 */
export async function moveEarlierStreams(storeDir: string): Promise<number> {
  let moved = 0;
  for (const each of MOVED_STREAMS) {
    const before = join(storeDir, each.before);
    const now = join(storeDir, each.now);
    if (!(await isThere(before))) continue;
    if (await isThere(now)) {
      throw new BrokerError(
        `${before} and ${now} are both there, so an earlier version was started on this data directory again: ` +
          'move away the one that is not the log.',
      );
    }
    await makeFolder(dirname(now), 0o700);
    await rename(before, now);
    moved++;
  }
  return moved;
}
