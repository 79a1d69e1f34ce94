import type { Approval } from '@aegis/contracts/approvals';
import type { MatchedRule } from '@aegis/contracts/decision';
import { toAppError } from '@aegis/kit/errors';
import type { Ground } from '../ground.ts';
import type { Grants } from './grants.ts';

/** What the policy says now of the call: which one, and the rule that decided. */
export type SaidNow = { readonly policyDigest: string; readonly rule: MatchedRule | undefined };

/** What an approval was asked and given under: its rule, and its grant. */
export type Validity = {
  /** Why an approval does not count any more, by what the policy says of its call now; undefined where it does. */
  whyNot(approval: Approval, said: SaidNow, deadlineMs: number): Promise<string | undefined>;
};

export const POLICY_CHANGED = 'the policy has changed since it was asked';
export const GRANT_OVER = 'the grant that approved it is over';

const nowDecides = (rule: MatchedRule | undefined): string =>
  rule === undefined
    ? 'no rule is about it now'
    : `rule ${rule.index} ('${rule.match}') decides about it now`;

export function createValidity(
  { known: { policies } }: Ground,
  grants: Pick<Grants, 'load' | 'whyOver'>,
): Validity {
  /** It binds by the content of the rule that asked: that one has to ask now, wherever it stands. */
  const policySays = async (
    { policy_digest: asked, rule, call }: Approval,
    { policyDigest, rule: now }: SaidNow,
    deadlineMs: number,
  ): Promise<string | undefined> => {
    // Nobody asked a policy: who asks a person of their own will is bound to the terms alone.
    if (asked === undefined) return undefined;
    if (!policies.state.has(policyDigest) && asked !== policyDigest) await policies.caughtUp(deadlineMs);
    const [then, today] = [
      { policyDigest: asked, ruleIndex: rule?.index },
      { policyDigest, ruleIndex: now?.index },
    ];
    if (policies.state.isSameRule(then, today, call.op)) return undefined;
    return asked === policyDigest ? nowDecides(now) : `${POLICY_CHANGED}: ${nowDecides(now)}`;
  };

  const grantSays = async (approval: Approval, deadlineMs: number): Promise<string | undefined> => {
    if (!('grant_id' in approval) || approval.grant_id === undefined) return undefined;
    try {
      return grants.whyOver(await grants.load(approval.grant_id, deadlineMs)) === undefined
        ? undefined
        : GRANT_OVER;
    } catch (thrown) {
      if (toAppError(thrown).code === 'not_found') return GRANT_OVER;
      throw thrown;
    }
  };

  return {
    whyNot: async (approval, said, deadlineMs) =>
      (await policySays(approval, said, deadlineMs)) ?? (await grantSays(approval, deadlineMs)),
  };
}
