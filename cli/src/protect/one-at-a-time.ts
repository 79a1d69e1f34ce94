import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../cli-error.ts';
import { lockDirectory } from '../local/stack/directory-lock.ts';

const WAIT_MS = 60_000;
const POLL_MS = 20;

/**
 * Does work that reads clients' files and what is known of them, and writes both: of many that want to at once, one does.
 *
 * @throws CliError `busy` where another one takes too long, and what the work throws
 */
export async function oneAtATime<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  for (const giveUpAt = Date.now() + WAIT_MS; ; await sleep(POLL_MS)) {
    const lock = await lockDirectory(dataDir, 'clients');
    if (lock !== undefined) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (Date.now() > giveUpAt)
      throw failure(
        'busy',
        'Another one runs',
        'Another "aegis protect" or "unprotect" runs: try again when it has ended.',
      );
  }
}
