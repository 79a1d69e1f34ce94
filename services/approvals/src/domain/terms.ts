import type { ApprovalTerms } from '@aegis/contracts/terms';

export const TERMS_CHANGED = 'its rule says something else about who decides by now';

/** Who decides, how many, and whether they say why: names in any order, a quorum of one as none. */
const whoOf = ({ approvers, quorum = 1, require_reason }: ApprovalTerms) =>
  JSON.stringify({
    approvers: approvers === undefined ? undefined : [...new Set(approvers)].toSorted(),
    quorum,
    require_reason: require_reason === true,
  });

/** Whether two rules ask the same of the people who decide. Deadlines are not compared: an approval has its own. */
export const sameTerms = (a: ApprovalTerms | undefined, b: ApprovalTerms | undefined): boolean =>
  whoOf(a ?? {}) === whoOf(b ?? {});
