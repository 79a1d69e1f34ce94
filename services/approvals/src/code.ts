import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '@aegis/shared/errors/app-error';
import type { WrongCode } from './projections/approval-index.ts';

const WINDOW_MS = 60_000;
/** Wrong codes a minute: from one source, and from everywhere. */
const PER_SOURCE = 5;
const OVER_ALL = 20;

const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/** Compares in constant time, whatever the lengths. */
export const isRightCode = (given: string, expected: string): boolean =>
  timingSafeEqual(sha256(given), sha256(expected));

/**
 * Refuses to look at a code at all where too many were wrong of late, so that nobody guesses across many approvals or burns
 * them. The wrong ones are read off the log: replicas count together, and a restart forgets nothing.
 *
 * @throws AppError `too_many_attempts`
 */
export function checkAttempts(
  wrongCodesSince: (sinceMs: number) => readonly WrongCode[],
  source: string,
  now: Date,
): void {
  const recent = wrongCodesSince(now.getTime() - WINDOW_MS);
  const fromSource = recent.filter((one) => one.source === source).length;
  if (fromSource >= PER_SOURCE || recent.length >= OVER_ALL) {
    throw new AppError('too_many_attempts', 'approval_code: too many wrong codes; try again in a minute.');
  }
}
