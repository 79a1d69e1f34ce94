import { isIPv6 } from 'node:net';
import { AppError } from '@aegis/kit/errors';
import type { WrongCode } from '../projections/wrong-codes.ts';

const WINDOW_MS = 60_000;
/** What is said to who gives a code where there is none. */
export const NO_CODE_HERE =
  'There is no approval code here: decide with an approver’s own key. Who has none is added with "aegis approvers add", or "aegis approve-here" while there is no admin.';

/** What is said where an agent's key comes beside a code. */
export const CODE_IS_A_PERSONS =
  'The approval code is a person’s: it is not taken beside an agent’s key. An agent redeems a one-time code that an approver draws for this very approval.';

/** Wrong codes a minute: from one source, and from everywhere. */
const PER_SOURCE = 5;
const OVER_ALL = 20;

/**
 * Who a caller is, for the limit. Addresses that one machine has by the handful are one source: all of 127.0.0.0/8, and an
 * IPv6 network of 64 bits.
 */
export function sourceOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (/^127\.\d+\.\d+\.\d+$/.test(plain) || plain === '::1') return 'loopback';
  if (isIPv6(plain)) return networkOf(plain);
  return plain;
}

/** The first four groups of an IPv6 address, written out. */
function networkOf(address: string): string {
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const front = head.split(':').filter(Boolean);
  const back = tail.split(':').filter(Boolean);
  const zeros = address.includes('::') ? Array<string>(8 - front.length - back.length).fill('0') : [];
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

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
    throw new AppError('too_many_attempts', 'approval_code: too many wrong codes; try again in a minute.', {
      retryAfterS: WINDOW_MS / 1_000,
      limit: { name: 'wrong-codes', quota: PER_SOURCE, window_s: WINDOW_MS / 1_000 },
    });
  }
}
