import type { ApprovalTerms } from './terms.ts';

/**
 * What the policy reads of a call. `amount_cents` is an integer from 0 to 2^53 − 1. `args` are the arguments as they were
 * parsed; no `args` are no arguments. `input` is what else of the request the server gets. With a `door` (`resource:<uri>`
 * or `prompt:<name>`) the rules' globs are matched against it and not against the tool. Without `at` a condition on the
 * time can't be evaluated: the engine has no clock.
 */
export interface PolicyCall {
  readonly tool: string;
  readonly op?: string | undefined;
  readonly amount_cents?: number | undefined;
  readonly args?: Readonly<Record<string, unknown>> | undefined;
  readonly input?: Readonly<Record<string, unknown>> | undefined;
  readonly server?: string | undefined;
  readonly principal?: string | undefined;
  readonly client?: PolicyClient | undefined;
  readonly door?: string | undefined;
  readonly at?: Date | undefined;
}

/** What a client says of itself: its own word. */
export interface PolicyClient {
  readonly name: string;
  readonly version?: string | undefined;
}

/** The rule or pattern that decided: its place, from 0, in `rules` or in the version 1 list that it stands in. */
export interface DecidingRule {
  readonly index: number;
  readonly match: string;
}

/**
 * `own-reach`: the call reaches the firewall's own files or addresses, and is denied. `own-mention`: a long text in it
 * names them, or there is too much to look at, and a person is asked.
 */
export type BuiltInName = 'own-reach' | 'own-mention';

/** `review` asks a person: not allowed, approval required. `deny` is final: not allowed, no approval helps. */
export interface Decision {
  readonly decision: 'allow' | 'review' | 'deny';
  readonly allowed: boolean;
  readonly approval_required: boolean;
  readonly reasons: string[];
  readonly rule?: DecidingRule;
  /** The built-in ruling that decided, which is no rule of the policy. */
  readonly built_in?: BuiltInName;
  /** The op and the amount in cents that the deciding rule took from the arguments, where it says so and could. */
  readonly op?: string;
  readonly amount_cents?: number;
  /** The currency that the deciding rule read there, where it names currencies and could. */
  readonly currency?: string;
  /**
   * What the deciding rule says of who decides, where it says anything. Beside `allow` too: somebody else may send the
   * call to a person. Never beside `deny`.
   */
  readonly terms?: ApprovalTerms;
}

export function allow(rule: DecidingRule): Decision {
  return { decision: 'allow', allowed: true, approval_required: false, reasons: [], rule };
}

export function review(reason: string, rule?: DecidingRule): Decision {
  return { ...deny(reason, rule), decision: 'review', approval_required: true };
}

export function deny(reason: string, rule?: DecidingRule): Decision {
  const reasons = [reason];
  return { decision: 'deny', allowed: false, approval_required: false, reasons, ...(rule && { rule }) };
}
