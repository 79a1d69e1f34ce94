import { z } from 'zod';

/** A policy as JSON; whether it is a good one is what the answer says. */
export const PolicyBody = z.strictObject({ policy: z.record(z.string(), z.unknown()) });

export const PolicyDocument = z.record(z.string(), z.unknown());
