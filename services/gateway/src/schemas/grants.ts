import { GrantId } from '@aegis/contracts/approvals';
import { GrantWord } from '@aegis/contracts/grants';
import { z } from 'zod';
import { yesOrNo } from './query.ts';

const { minutes, pattern, reason } = GrantWord.shape;

/** What `POST /grants` takes; `If-Match` has the state. `for_minutes` is what `minutes` was called in 0.1. */
export const GrantBody = z
  .strictObject({
    approval_id: z.string().min(1).max(200),
    minutes: minutes.optional(),
    for_minutes: minutes.optional(),
    pattern,
    reason,
  })
  .refine((body) => (body.minutes === undefined) !== (body.for_minutes === undefined), {
    path: ['minutes'],
    message: 'expected exactly one of minutes and its older name, for_minutes',
  });

export const GrantsQuery = z.strictObject({ active: yesOrNo.optional() });

export const GrantParams = z.strictObject({ id: GrantId });
