import { z } from 'zod';
import { Note, Principal, Timestamp } from './call.ts';
import { KeyMark } from './key-mark.ts';

/** What is kept of a code that an approver drew for one approval: their yes, as long as nobody has spoken it. */
export const DrawnCode = z.strictObject({
  digest: z.string().describe('scrypt of it with the approval: the code itself is nowhere'),
  drawn_by: Principal.describe('whose yes it is'),
  by_key: KeyMark.optional(),
  drawn_at: Timestamp.describe('when'),
  until: Timestamp.describe('until when it can be redeemed'),
  reason: Note.optional().describe('what they said why, where they did'),
});
export type DrawnCode = z.infer<typeof DrawnCode>;

/** One that counts no more: whoever gives it has guessed nothing, and hears what became of it. */
export const FormerCode = z.strictObject({
  ...DrawnCode.shape,
  ended_at: Timestamp.describe('since when it counts no more'),
  dropped_because: z
    .string()
    .optional()
    .describe('what happened then, for people; absent where it was redeemed'),
});
export type FormerCode = z.infer<typeof FormerCode>;
