const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST_MS = 30 * UNIT_MS.d;
const DURATION = /^([1-9]\d{0,6})([smhd])$/;

export const EXPECTED_DURATION = 'expected a duration from 1s to 30d, such as 90s, 5m, 1h or 2d';

/** A duration such as `5m` in milliseconds; undefined where the text is none, or is longer than 30 days. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return ms <= LONGEST_MS ? ms : undefined;
}
