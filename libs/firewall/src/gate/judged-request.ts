import type { ClientInfo } from '@aegis/contracts/call';
import { recordCall } from '@aegis/contracts/call-digest';
import type { Outcome } from '@aegis/contracts/decision';
import type { DecisionFacts } from '@aegis/contracts/decision-event';
import type { Request } from '../wire/message.ts';
import type { Circumstances, GateOptions } from './api.ts';
import type { Judgement } from './judge.ts';
import type { Caller } from './read/caller.ts';
import type { RequestedCall } from './read/named.ts';
import { recordedValue } from './read/recorded-value.ts';

/** A judgement request on its way. */
export type JudgedRequest = {
  /** What the upstream is to get: the request, without what in it was meant for us. */
  readonly request: Request;
  readonly requested: RequestedCall;
  readonly caller: Caller;
  readonly client: ClientInfo | undefined;
  readonly judgement: Judgement;
  readonly circumstances: Circumstances;
};

/** What a record of this request holds beside the call itself. */
export function originOf(judged: JudgedRequest, { record }: Pick<GateOptions, 'record'>) {
  const { requested, client, request } = judged;
  const { length } = request.text;
  const input = recordedValue(requested.input, record, length);
  return {
    client,
    door: requested.door,
    recorded_args: recordedValue(requested.args, record, length),
    ...(input === undefined ? {} : { recorded_input: input }),
  };
}

/** A decision of ours, as the record takes it. */
export function decisionOf(
  judged: JudgedRequest,
  { record, via }: Pick<GateOptions, 'record' | 'via'>,
  outcome: Outcome,
  more: Partial<DecisionFacts> = {},
): DecisionFacts {
  const { judgement, caller } = judged;
  const { ruling, policy, ruledAt, call, reasons } = judgement;
  return {
    ...originOf(judged, { record }),
    call: recordCall(call, record === 'none' ? 'without' : 'with'),
    ruling: {
      rule: ruling.rule,
      built_in: ruling.built_in,
      currency: ruling.currency,
      policy_digest: policy.digest,
      policy_version: policy.version,
      ruled_at: ruledAt.toISOString(),
    },
    outcome,
    reasons,
    caller_traceparent: caller.traceparent,
    via,
    ...more,
  };
}
