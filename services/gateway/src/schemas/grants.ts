import { GrantId } from '@aegis/contracts/approvals';
import { Note } from '@aegis/contracts/call';
import { CallPattern } from '@aegis/contracts/grants';
import { z } from 'zod';
import { yesOrNo } from './query.ts';

const A_DAY = 24 * 60;

/** What `POST /grants` takes. Without `pattern`, the very same call again and again. */
export const GrantBody = z.strictObject({
  approval_id: z.string().min(1).max(200),
  for_minutes: z.int().min(1).max(A_DAY),
  pattern: CallPattern.optional(),
  reason: Note.optional(),
});

export const GrantsQuery = z.strictObject({ active: yesOrNo.optional() });

export const GrantParams = z.strictObject({ id: GrantId });
