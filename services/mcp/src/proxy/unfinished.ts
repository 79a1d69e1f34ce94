import { createBudget } from '../relay/budget.ts';
import { TooLarge } from './http/too-large.ts';

/** Of answers that are not whole, in all: a process has less memory than as many as there may be of the largest size. */
const MAX_BYTES = 256 * 1_048_576;

/** What answers of all servers behind this process keep until they are whole. */
export const createUnfinished = (maxBytes: number = MAX_BYTES) =>
  createBudget(
    maxBytes,
    () =>
      new TooLarge(
        `servers' unfinished answers have ${maxBytes} bytes together, the most that is kept, and there was no room for its own`,
      ),
  );

export const unfinished = createUnfinished();
