import type { ClientInfo } from '@aegis/contracts/call';
import { recordCall } from '@aegis/contracts/call-digest';
import type { Outcome } from '@aegis/contracts/decision';
import type { DecisionFacts } from '@aegis/contracts/decision-event';
import type { Request } from '../wire/message.ts';
import type { Judged } from './judge.ts';
import type { Circumstances, GateOptions } from './passage.ts';
import type { Asked } from './read/call.ts';
import type { Caller } from './read/era.ts';
import { recordedValue } from './read/recorded-value.ts';

/** A judged request on its way. */
export type Passing = {
  readonly request: Request;
  readonly asked: Asked;
  readonly caller: Caller;
  readonly client: ClientInfo | undefined;
  readonly judged: Judged;
  readonly circumstances: Circumstances;
  /** What the upstream is to get: the request, without what in it was meant for us. */
  readonly text: string;
};

/** What a record of this request holds beside the call itself. */
export function originOf(passing: Passing, { record }: Pick<GateOptions, 'record'>) {
  const { asked, client, request } = passing;
  const args = recordedValue(asked.args, record, request.text.length);
  return {
    ...(client === undefined ? {} : { client }),
    ...(asked.door === undefined ? {} : { door: asked.door }),
    ...(args === undefined ? {} : { recorded_args: args }),
  };
}

/** A decision of ours, as the record takes it. */
export function decisionOf(
  passing: Passing,
  { record, via }: Pick<GateOptions, 'record' | 'via'>,
  outcome: Outcome,
  more: Partial<DecisionFacts> = {},
): DecisionFacts {
  const { judged, caller } = passing;
  const { ruling, policy, ruledAt, call, reasons } = judged;
  return {
    ...originOf(passing, { record }),
    call: recordCall(call, record === 'none' ? 'without' : 'with'),
    ruling: {
      rule: ruling.rule,
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
