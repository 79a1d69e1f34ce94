import type { Approval } from '@aegis/contracts/approvals';
import type { Call } from '@aegis/contracts/call';

type Asked = Pick<Approval, 'call' | 'ruled'>;

/** The call as its rule sees it: what the rule took from the arguments counts, whatever the agent states. */
export const asRuled = ({ call, ruled }: Asked): Call => ({ ...call, ...ruled });

/** What the agent states beside the arguments and the rule took otherwise from them. */
export function statedOtherwise({ call, ruled }: Asked): Pick<Call, 'op' | 'amount_cents'> {
  const { op, amount_cents } = call;
  return {
    ...(op === undefined || ruled?.op === undefined || ruled.op === op ? {} : { op }),
    ...(amount_cents === undefined || ruled?.amount_cents === undefined || ruled.amount_cents === amount_cents
      ? {}
      : { amount_cents }),
  };
}
