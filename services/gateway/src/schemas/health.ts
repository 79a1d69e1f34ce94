import { z } from 'zod';

export const HealthOk = z.strictObject({ status: z.literal('ok') });

/** Each part that is not well, and why, in sentences. */
export const HealthDegraded = z.strictObject({
  status: z.literal('degraded'),
  parts: z.record(z.string(), z.array(z.string())),
});
