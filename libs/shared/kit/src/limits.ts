/**
 * What one caller may have, where nothing else is set: the one place of the defaults. The first four are for all alike, the
 * others by role too. docs/limits.md
 */
export const DEFAULT_LIMITS = {
  entries_at_once: 1_200,
  entries_per_minute: 120,
  kib_at_once: 16_384,
  kib_per_minute: 1_024,
  requests_per_minute: 60_000,
  body_kib_per_minute: 524_288,
  streams: 25,
  waiting_requests: 250,
  waiting_calls: 50,
  asks_per_hour: 1_200,
} as const;
