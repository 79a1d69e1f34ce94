import { z } from 'zod';
import { createBuckets, type Rate, type Rates } from './buckets.ts';
import { AppError } from './errors/mod.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { limitOf, rateLimitFields } from './rate-limit.ts';

const EXPECTED = 'expected a whole number from 1 to 1000000000';
/** How many entries or KiB. */
export const amount = z.coerce.number(EXPECTED).int(EXPECTED).min(1, EXPECTED).max(1_000_000_000, EXPECTED);

/** What one caller may have written: entries and their KiB, each so many at once and so many a minute after that. */
export const AllowanceEnv = z.object({
  CALLER_ENTRIES_AT_ONCE: amount.default(DEFAULT_LIMITS.entries_at_once),
  CALLER_ENTRIES_PER_MINUTE: amount.default(DEFAULT_LIMITS.entries_per_minute),
  CALLER_KIB_AT_ONCE: amount.default(DEFAULT_LIMITS.kib_at_once),
  CALLER_KIB_PER_MINUTE: amount.default(DEFAULT_LIMITS.kib_per_minute),
});
type Settings = z.output<typeof AllowanceEnv>;

/** Who has something written. `from` tells those apart who are one principal: an address, or a client's own name. */
export type Caller = { readonly principal: string; readonly from?: string | undefined };

/** All callers that are one principal have so many times what one has: who takes a new name each time gains no more. */
const OF_ONE_PRINCIPAL = 4;
const MAX_FROM = 200;
/** Of so many parts one is left. */
const LITTLE = 5;
const MINUTE_MS = 60_000;

/** What may be used up: its name for callers, and what is said of who has used it up. */
type Named = Readonly<Record<keyof Rates, { readonly name: string; readonly tooMuch: string }>>;

const WRITTEN: Named = {
  entries: {
    name: 'entries',
    tooMuch: 'has had as much written as CALLER_ENTRIES_AT_ONCE and CALLER_ENTRIES_PER_MINUTE let one caller',
  },
  kib: {
    name: 'written-kib',
    tooMuch: 'has had as much written as CALLER_KIB_AT_ONCE and CALLER_KIB_PER_MINUTE let one caller',
  },
};

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
export function createLimiter(
  rates: (principal: string) => Rates,
  nowMs: () => number = () => performance.now(),
) {
  const callers = createBuckets(rates, nowMs);
  const principals = createBuckets((principal) => times(rates(principal), OF_ONE_PRINCIPAL), nowMs);
  const lacking = (caller: Caller) =>
    callers.lacking(caller.principal, nameOf(caller)) ?? principals.lacking(caller.principal);
  const charge = (caller: Caller, bytes: number, entries = 1): void => {
    callers.take(caller.principal, bytes, entries, nameOf(caller));
    principals.take(caller.principal, bytes, entries);
  };
  return {
    lacking,
    /** Takes so many, whether they are left or not: what is not is owed. */
    charge,
    /** How many entries are left. */
    left: (caller: Caller): number => callers.left(caller.principal, nameOf(caller)),
    /** Takes one entry of so many bytes. False where nothing is left: then nothing is taken. */
    takes: (caller: Caller, bytes = 0): boolean => {
      if (lacking(caller)) return false;
      charge(caller, bytes);
      return true;
    },
  };
}

/** What a caller may have of something. */
export type Allowance = ReturnType<typeof createAllowanceOf>;

/** A {@link createLimiter} that says what is used up. */
export function createAllowanceOf(named: Named, rates: (principal: string) => Rates, nowMs?: () => number) {
  const limiter = createLimiter(rates, nowMs);
  const check = (caller: Caller): void => {
    const lacks = limiter.lacking(caller);
    if (lacks === undefined) return;
    const retryAfterS = Math.ceil(lacks.forMs / 1_000);
    const { name, tooMuch } = named[lacks.of];
    throw new AppError(
      'too_many_requests',
      `principal: ${nameOf(caller)} ${tooMuch}; try again in ${retryAfterS} s, or have the operator raise that.`,
      { retryAfterS, limit: limitOf(name, rates(caller.principal)[lacks.of]) },
    );
  };
  return {
    ...limiter,
    /** @throws AppError `too_many_requests`, which says when and what to set, where nothing is left */
    check,
    /** What says how little is left, where it is less than a fifth; undefined where it is more. */
    nearly(caller: Caller): Readonly<Record<string, string>> | undefined {
      const left = limiter.left(caller);
      const { entries } = rates(caller.principal);
      if (left * LITTLE > entries.atOnce) return undefined;
      return rateLimitFields(limitOf(named.entries.name, entries), left, 1);
    },
    /** Takes one entry of so many bytes. @throws AppError as `check` */
    take(caller: Caller, bytes = 0): void {
      check(caller);
      limiter.charge(caller, bytes);
    },
  };
}

/**
 * A token bucket for each caller, and one for each principal, of what is written because they ask, are denied, take back,
 * are refused, or write entries of their own: whatever one of them does, the disk fills at this rate and no faster. In
 * memory, one for each service that writes.
 */
export function createAllowance(settings: Settings, nowMs?: () => number): Allowance {
  const rates = ratesOf(settings);
  return createAllowanceOf(WRITTEN, () => rates, nowMs);
}
