import { z } from 'zod';
import { whole } from './tolerant.ts';

/** What a rule says about who decides, and until when. Absent fields are the defaults: one person, whoever may approve. */
export const ApprovalTerms = whole(
  z.strictObject({
    /** Names of approvers, or of their roles: only these may decide. */
    approvers: z.array(z.string().min(1).max(64)).min(1).optional(),
    /** How many different people have to say yes. */
    quorum: z.int().min(1).max(10).optional(),
    /** How long a person may take, in milliseconds. */
    decide_within_ms: z.int().min(1).optional(),
    /** How long an approved call may be run, in milliseconds. */
    use_within_ms: z.int().min(1).optional(),
    /** Whoever decides has to say why. */
    require_reason: z.literal(true).optional(),
  }),
);
export type ApprovalTerms = z.infer<typeof ApprovalTerms>;
