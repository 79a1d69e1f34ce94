import { parseDuration } from '@aegis/kit/text';
import { z } from 'zod';

/** A whole number in a query string. */
export const wholeNumber = (min: number, max: number) => {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string(expected)
    .regex(/^[0-9]{1,16}$/, expected)
    .transform(Number)
    .refine((n) => n >= min && n <= max, expected);
};

export const yesOrNo = z
  .enum(['true', 'false'], 'expected true or false')
  .transform((text) => text === 'true');

/** The longest wait of one request, in milliseconds: shorter than what stands between us and our callers keeps quiet for. */
export const LONGEST_WAIT_MS = 60_000;
const EXPECTED_WAIT = `expected a duration up to ${LONGEST_WAIT_MS / 1_000}s, such as 30s`;

/** A duration such as `30s` in a query string, in milliseconds. */
export const waitFor = z
  .string(EXPECTED_WAIT)
  .transform((text) => parseDuration(text, ['ms', 's', 'm']) ?? Number.NaN)
  .refine((ms) => ms <= LONGEST_WAIT_MS, EXPECTED_WAIT);
