import { DecisionChecked, DecisionEnforced, IdempotencyAnswered, Outcome } from '../decision.ts';
import { checkSubject, enforceLog, idempotencyLog } from '../subjects.ts';
import { clientText, event, joined } from './event.ts';

const OK_BY_OUTCOME = { allowed: true, pending: null, review: null, blocked: false } as const;

export const DECISION_DEFINITIONS = {
  'aegis.decision.enforced.v1': event({
    schema: DecisionEnforced,
    channel: {
      id: 'decisions',
      title: 'Decisions',
      about: '`aegis.events.decision.>` is every decision, advisory ones too.',
      subject: enforceLog,
      parameter: {
        description: 'What was answered.',
        values: Outcome.options,
        of: ({ outcome }) => outcome,
      },
    },
    sentence:
      'An enforce was answered, or the firewall in the path judged a call. Stored before the answer, and before its server saw it.',
    audit: ({ call, outcome, reasons, client, dispatch }) => ({
      action: 'enforce',
      ok: OK_BY_OUTCOME[outcome],
      tool: call.tool,
      op: call.op,
      amount_cents: call.amount_cents,
      status: outcome,
      note: joined(reasons),
      principal: call.principal,
      call_id: dispatch?.call_id,
      server: call.server,
      client: clientText(client),
    }),
  }),
  'aegis.decision.checked.v1': event({
    schema: DecisionChecked,
    channel: {
      id: 'checks',
      title: 'Advisory checks',
      about: 'The newest 100,000 are kept in memory, where all other events are kept for good.',
      subject: checkSubject,
      parameter: {
        description: 'What the policy says.',
        values: DecisionChecked.shape.outcome.options,
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
};

export const IDEMPOTENCY_DEFINITIONS = {
  'aegis.idempotency.answered.v1': event({
    schema: IdempotencyAnswered,
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
};
