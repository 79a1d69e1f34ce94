import type { Approval } from '@aegis/contracts/approvals';
import { toAppError } from '@aegis/kit/errors';
import type { Ground } from '../ground.ts';
import type { Grants } from './grants.ts';

/** What an approval was asked and given under: its policy, and its grant. */
export type Validity = {
  /** Why an approval does not count any more under this policy; undefined where it does. */
  whyNot(approval: Approval, policyDigest: string, deadlineMs: number): Promise<string | undefined>;
};

export const POLICY_CHANGED = 'the policy has changed since it was asked';
export const GRANT_OVER = 'the grant that approved it is over';

export function createValidity(
  { known: { policies } }: Ground,
  grants: Pick<Grants, 'load' | 'whyOver'>,
): Validity {
  const policySays = async (
    { policy_digest: asked, rule }: Approval,
    now: string,
    deadlineMs: number,
  ): Promise<string | undefined> => {
    // Nobody asked a policy: who asks a person of their own will is bound to the terms alone.
    if (asked === undefined || asked === now) return undefined;
    if (!policies.state.has(now)) await policies.caughtUp(deadlineMs);
    return policies.state.asksTheSame(asked, now, rule?.index) ? undefined : POLICY_CHANGED;
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
    whyNot: async (approval, policyDigest, deadlineMs) =>
      (await policySays(approval, policyDigest, deadlineMs)) ?? (await grantSays(approval, deadlineMs)),
  };
}
