import { AppError } from '@aegis/kit/errors';

/** Only a lost race is tried again, and no more often than this. */
const ATTEMPTS = 3;

/** Whether somebody else was first: what was to be written was not, because the log had something newer by then. */
export const isConflict = (thrown: unknown): thrown is AppError =>
  thrown instanceof AppError && thrown.code === 'version_conflict';

/**
 * Runs `task`, and again from the start where somebody else was first: what it decides on is another state by then.
 *
 * @throws what the last attempt throws, and at once whatever is no lost race
 */
export async function retryOnConflict<T>(task: () => Promise<T>, attempts: number = ATTEMPTS): Promise<T> {
  for (let left = attempts - 1; ; left--) {
    try {
      return await task();
    } catch (thrown) {
      if (!isConflict(thrown) || left <= 0) throw thrown;
    }
  }
}
