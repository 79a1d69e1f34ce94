import type { Ruled } from './approvals.ts';
import { createEvent } from './create-event.ts';
import type { CheckReply, DecisionEnforced, RecordedCall } from './decision.ts';
import type { Envelope } from './envelope.ts';

type Answered = Pick<DecisionEnforced, 'rule' | 'built_in' | 'policy_digest' | 'policy_version' | 'ruled_at'>;

/** What is known of a decision by whoever makes it: everything that a later reader needs to decide again. */
export type DecisionFacts = Omit<DecisionEnforced, keyof Answered> & {
  /** The call as it was asked about, as the record keeps it. */
  readonly call: RecordedCall;
  /** The policy's answer, with what its rule took from the arguments. */
  readonly ruling: Answered & Ruled & Pick<CheckReply, 'currency'>;
};

type Made = {
  readonly source: string;
  readonly time: string;
  readonly traceId: string;
  readonly id?: string;
};

export type DecisionEvent = Envelope & { data: DecisionEnforced };

/**
 * The event of a decision, whoever makes it. Its call has the operation, the amount and the currency that the rule went by,
 * and only one that is allowed is a dispatch.
 *
 * @throws ZodError where the facts are not what the record takes
 */
export function decisionEvent({ ruling, dispatch, ...facts }: DecisionFacts, made: Made): DecisionEvent {
  const { rule, built_in, op, amount_cents, currency, policy_digest, policy_version, ruled_at } = ruling;
  const { call, outcome } = facts;
  const ruled = { op: op ?? call.op, amount_cents: amount_cents ?? call.amount_cents, currency };
  const event = createEvent({
    ...made,
    type: 'aegis.decision.enforced.v1',
    subject: call.tool,
    data: {
      ...facts,
      call: { ...call, ...ruled },
      ...(outcome === 'allowed' ? { dispatch } : {}),
      rule,
      built_in,
      policy_digest,
      policy_version,
      ruled_at,
    },
  });
  return event as DecisionEvent;
}
