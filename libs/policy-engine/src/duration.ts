import { parseDuration as parseAny } from '@aegis/kit/text';

const LONGEST_MS = 30 * 86_400_000;

export const EXPECTED_DURATION = 'expected a duration from 1s to 30d, such as 90s, 5m, 1h or 2d';

/** A rule's duration such as `5m` in milliseconds; undefined where the text is none, or is nothing, or over 30 days. */
export function parseDuration(text: string): number | undefined {
  // No person decides within milliseconds, and a zero in front is a slip.
  const ms = text.startsWith('0') ? undefined : parseAny(text, ['s', 'm', 'h', 'd']);
  return ms !== undefined && ms <= LONGEST_MS ? ms : undefined;
}
