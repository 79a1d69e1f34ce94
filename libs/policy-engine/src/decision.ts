/** What the policy reads of a call. `amount_cents` is an integer from 0 to 2^53 − 1. */
export interface PolicyCall {
  readonly tool: string;
  readonly op?: string | undefined;
  readonly amount_cents?: number | undefined;
}

/** The rule or pattern that decided: its place, from 0, in `rules` or in the version 1 list that it stands in. */
export interface DecidingRule {
  readonly index: number;
  readonly match: string;
}

/** `review` asks a person: not allowed, approval required. `deny` is final: not allowed, no approval helps. */
export interface Decision {
  readonly decision: 'allow' | 'review' | 'deny';
  readonly allowed: boolean;
  readonly approval_required: boolean;
  readonly reasons: string[];
  readonly rule?: DecidingRule;
}

export function allow(rule: DecidingRule): Decision {
  return { decision: 'allow', allowed: true, approval_required: false, reasons: [], rule };
}

export function review(reason: string, rule?: DecidingRule): Decision {
  return {
    decision: 'review',
    allowed: false,
    approval_required: true,
    reasons: [reason],
    ...(rule && { rule }),
  };
}

export function deny(reason: string, rule?: DecidingRule): Decision {
  return {
    decision: 'deny',
    allowed: false,
    approval_required: false,
    reasons: [reason],
    ...(rule && { rule }),
  };
}
