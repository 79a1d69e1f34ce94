import { z } from 'zod';
import { AmountCents, Currency, Digest, DryRunId, Op, Principal, Timestamp, ToolName, Via } from '../call.ts';
import {
  DecisionEnforced,
  DecisionId,
  EnforceReply,
  MatchedRule,
  Outcome,
  RecordedCall,
} from '../decision.ts';
import { checkSubject, enforceLog, idempotencyLog, replayedLog } from '../subjects.ts';
import { event, joined, sameWords } from './event.ts';

const Checked = z.enum(['allowed', 'review', 'blocked']);
const OK_BY_OUTCOME = { allowed: true, pending: null, review: null, blocked: false } as const;

export const DECISION_DEFINITIONS = {
  'aegis.decision.enforced.v1': event({
    schema: DecisionEnforced,
    channel: {
      id: 'decisions',
      title: 'Decisions',
      about: '`aegis.events.decision.>` is every decision, advisory ones too.',
      subject: enforceLog,
      parameter: { description: 'What was answered.', values: Outcome.options, of: ({ outcome }) => outcome },
    },
    sentence:
      'An enforce was answered, or the firewall in the path judged a call. Stored before the answer, and before its server saw it.',
    audit: ({ call, outcome, reasons, dispatch }) => ({
      ...sameWords(RecordedCall.shape, call),
      action: 'enforce',
      ok: OK_BY_OUTCOME[outcome],
      status: outcome,
      note: joined(reasons),
      call_id: dispatch?.call_id,
    }),
  }),
  'aegis.decision.checked.v1': event({
    schema: z.strictObject({
      tool: ToolName.describe("the tool's name"),
      op: Op.optional().describe('what it does there'),
      amount_cents: AmountCents.optional().describe('the amount, in cents'),
      currency: Currency.optional().describe('its currency, where the rule names one and read it'),
      principal: Principal.describe('who asked'),
      outcome: Checked.describe('what the policy says'),
      reasons: z.array(z.string()).describe('why it is not simply allowed'),
      rule: MatchedRule.optional().describe('the rule that decided'),
      built_in: DecisionEnforced.shape.built_in,
      policy_digest: Digest.describe('the policy that decided'),
      via: Via.describe('where the question came in'),
    }),
    channel: {
      id: 'checks',
      title: 'Advisory checks',
      about: 'The newest 100,000 are kept in memory, where all other events are kept for good.',
      subject: checkSubject,
      parameter: {
        description: 'What the policy says.',
        values: Checked.options,
        of: ({ outcome }) => outcome,
      },
    },
    sentence: 'Somebody asked what the policy would say. This is advice and not part of the record.',
    audit: ({ outcome, reasons }) => ({
      action: 'check',
      ok: OK_BY_OUTCOME[outcome],
      status: outcome,
      note: joined(reasons),
    }),
  }),
  'aegis.idempotency.answered.v1': event({
    schema: z.strictObject({
      call_digest: Digest.describe('the call; the same key with another call is refused'),
      reply: EnforceReply.describe('the answer, as it was given'),
    }),
    channel: {
      id: 'idempotency',
      title: 'Answers kept for retries',
      subject: idempotencyLog,
      parameter: { description: 'SHA-256 of the principal and the Idempotency-Key, in hexadecimal.' },
    },
    sentence:
      'The answer that was given under an Idempotency-Key, for retries. Stored in one atomic batch with its decision.',
    // Its decision has a line of its own: with a status here, each answer would be counted twice.
    audit: ({ reply: { trace_id, dry_run_id, approval_id } }) => ({
      note: 'the answer is kept for retries with the same key',
      trace_id,
      dry_run_id,
      approval_id,
    }),
  }),
  'aegis.idempotency.replayed.v1': event({
    schema: z.strictObject({
      call: RecordedCall.describe('the call, without its arguments'),
      outcome: Outcome.describe('what was answered, and is answered again'),
      decision_id: DecisionId.optional().describe('the `id` of the decision that the answer is'),
      answered_at: Timestamp.describe('when it was answered first'),
      approval_id: z.string().optional().describe('the approval that it names'),
      dry_run_id: DryRunId.optional().describe("the caller's key for this call"),
      policy_digest: Digest.describe('the policy that was asked again, and denies nothing of it'),
      via: Via.describe('where the retry came in'),
    }),
    channel: {
      id: 'replays',
      title: 'Answers given again',
      about: 'An answer that is given again stands for no further call: its decision is on record once.',
      subject: replayedLog,
      parameter: { description: 'SHA-256 of the principal and the Idempotency-Key, in hexadecimal.' },
    },
    sentence: 'A kept answer was given again, for a retry with the same key. Stored before it was given.',
    audit: ({ call, outcome, answered_at }) => ({
      ...sameWords(RecordedCall.shape, call),
      status: 'replayed',
      note: `the answer "${outcome}" of ${answered_at} was given again`,
    }),
  }),
};
