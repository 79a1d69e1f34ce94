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
