import { z } from 'zod';
import { createBuckets, type Rate, type Rates } from './buckets.ts';
import { AppError } from './errors/mod.ts';

const EXPECTED = 'expected a whole number from 1 to 1000000000';
/** How many entries or KiB. */
export const amount = z.coerce.number(EXPECTED).int(EXPECTED).min(1, EXPECTED).max(1_000_000_000, EXPECTED);

/** What one caller may have written: entries and their KiB, each so many at once and so many a minute after that. */
export const AllowanceEnv = z.object({
  CALLER_ENTRIES_AT_ONCE: amount.default(1_200),
  CALLER_ENTRIES_PER_MINUTE: amount.default(120),
  CALLER_KIB_AT_ONCE: amount.default(16_384),
  CALLER_KIB_PER_MINUTE: amount.default(1_024),
});
type Settings = z.output<typeof AllowanceEnv>;

/** Who has something written. `from` tells those apart who are one principal: an address, or a client's own name. */
export type Caller = { readonly principal: string; readonly from?: string | undefined };

/** All callers that are one principal have so many times what one has: who takes a new name each time gains no more. */
const OF_ONE_PRINCIPAL = 4;
const MAX_FROM = 200;
const MINUTE_MS = 60_000;

const SETTINGS = {
  entries: 'CALLER_ENTRIES_AT_ONCE and CALLER_ENTRIES_PER_MINUTE',
  kib: 'CALLER_KIB_AT_ONCE and CALLER_KIB_PER_MINUTE',
} as const;

const times = ({ entries, kib }: Rates, factor: number): Rates => {
  const more = ({ atOnce, thenEach, everyMs }: Rate): Rate => ({
    atOnce: atOnce * factor,
    thenEach: thenEach * factor,
    everyMs,
  });
  return { entries: more(entries), kib: more(kib) };
};

const ratesOf = (settings: Settings): Rates => ({
  entries: {
    atOnce: settings.CALLER_ENTRIES_AT_ONCE,
    thenEach: settings.CALLER_ENTRIES_PER_MINUTE,
    everyMs: MINUTE_MS,
  },
  kib: { atOnce: settings.CALLER_KIB_AT_ONCE, thenEach: settings.CALLER_KIB_PER_MINUTE, everyMs: MINUTE_MS },
});

/** Whose key was looked at is one caller, by whatever name of a client and from whatever address. */
const PROVED = /^key:/;

const nameOf = ({ principal, from }: Caller): string =>
  from === undefined || PROVED.test(principal) ? principal : `${principal} (${from.slice(0, MAX_FROM)})`;

export type Limiter = ReturnType<typeof createLimiter>;

/** Buckets for each caller, and for each principal, which has a few times as much. */
export function createLimiter(rates: Rates, nowMs: () => number = () => performance.now()) {
  const callers = createBuckets(rates, nowMs);
  const principals = createBuckets(times(rates, OF_ONE_PRINCIPAL), nowMs);
  const lacking = (caller: Caller) => callers.lacking(nameOf(caller)) ?? principals.lacking(caller.principal);
  return {
    lacking,
    /** Takes one entry of so many bytes. False where nothing is left: then nothing is taken. */
    takes: (caller: Caller, bytes = 0): boolean => {
      if (lacking(caller)) return false;
      callers.take(nameOf(caller), bytes);
      principals.take(caller.principal, bytes);
      return true;
    },
  };
}

/** What a caller may have written into the record. */
export type Allowance = ReturnType<typeof createAllowance>;

/**
 * A token bucket for each caller, and one for each principal, of what is written because they ask, are denied, take back,
 * are refused, or write entries of their own: whatever one of them does, the disk fills at this rate and no faster. In
 * memory, one for each service that writes.
 */
export function createAllowance(settings: Settings, nowMs?: () => number) {
  const { lacking, takes } = createLimiter(ratesOf(settings), nowMs);
  return {
    /** Takes one entry of so many bytes. False where nothing is left: then nothing is taken. */
    takes,
    /** Takes one entry of so many bytes. @throws AppError `too_many_requests`, which says when and what to set */
    take(caller: Caller, bytes = 0): void {
      const lacks = lacking(caller);
      if (lacks === undefined) return void takes(caller, bytes);
      const retryAfterS = Math.ceil(lacks.forMs / 1_000);
      throw new AppError(
        'too_many_requests',
        `principal: ${nameOf(caller)} has had as much written as ${SETTINGS[lacks.of]} let one caller; ` +
          `try again in ${retryAfterS} s, or have the operator raise them.`,
        { retryAfterS },
      );
    },
  };
}
