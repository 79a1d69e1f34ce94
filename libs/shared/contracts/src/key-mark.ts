import { z } from 'zod';

/** By which key somebody said something, so that it counts no longer than that key is theirs: a name may be given again. */
export const KeyMark = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .describe('which key of theirs said so, as the start of a digest; absent of whoever knows the code');
