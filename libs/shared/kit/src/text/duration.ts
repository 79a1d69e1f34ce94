const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

export type DurationUnit = keyof typeof UNIT_MS;

const DURATION = /^(\d{1,9})(ms|[smhd])$/;

/**
 * A duration as people write it, such as `500ms`, `50s` or `2m`, in milliseconds; undefined where it is none, or in a unit
 * that is not among these. Which are, and how long it may be, is the user's to say.
 */
export function parseDuration(text: string, units: readonly DurationUnit[]): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  const known = units.find((one) => one === unit);
  return known === undefined ? undefined : Number(count) * UNIT_MS[known];
}
