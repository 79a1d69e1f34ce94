import { z } from 'zod';
import { whole } from './tolerant.ts';

const Names = z.array(z.string().min(1).max(64)).min(1);

/** What a rule says about who decides, and until when. Absent fields are the defaults: one person, whoever may approve. */
export const ApprovalTerms = whole(
  z.strictObject({
    approvers: Names.optional().describe('approvers, or roles of theirs: only these may decide'),
    quorum: z.int().min(1).max(10).optional().describe('how many different people have to say yes'),
    decide_within_ms: z.int().min(1).optional().describe('how long a person may take, in milliseconds'),
    use_within_ms: z.int().min(1).optional().describe('how long an approved call is good, in milliseconds'),
    require_reason: z.literal(true).optional().describe('whoever decides has to say why'),
  }),
);
export type ApprovalTerms = z.infer<typeof ApprovalTerms>;
