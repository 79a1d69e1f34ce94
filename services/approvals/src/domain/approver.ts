import { CODE_APPROVER } from '@aegis/contracts/approval-words';
import type { Approval } from '@aegis/contracts/approvals';
import { ADMIN, APPROVER, OPERATOR } from '@aegis/contracts/identities';
import type { ApprovalTerms } from '@aegis/contracts/terms';
import { AppError } from '@aegis/kit/errors';
import { skeleton } from '@aegis/kit/text/skeleton';

/** A person, or a system that stands for one, who may say yes or no. */
export type Approver = {
  readonly name: string;
  /** What rules may name them by. */
  readonly roles: readonly string[];
  /** What the firewall itself lets them do. */
  readonly may: readonly string[];
  /** The callers that this person is, beside those of the same name: `key:<name>` and `os-user:<name>`. */
  readonly principals: readonly string[];
  /** Which key of theirs it is; nothing of whoever knows the code. */
  readonly keyMark?: string;
};

/** @throws AppError `not_an_approver` where this person may not decide */
export function requireApprover({ name, may }: Approver): void {
  if (may.includes(APPROVER)) return;
  throw new AppError('not_an_approver', `This takes the role "${APPROVER}", and ${name} does not have it.`);
}

/** @throws AppError `not_an_approver` where this person may not change who is told */
export function requireOperator({ name, may }: Approver): void {
  if (may.includes(OPERATOR) || may.includes(ADMIN)) return;
  const detail = `This takes the role "${OPERATOR}" or "${ADMIN}", and ${name} has neither.`;
  throw new AppError('not_an_approver', detail);
}

/** @throws AppError `not_an_approver` where this person may not accept what servers say of their tools */
export function requireApproverOrOperator({ name, may }: Approver): void {
  if (may.includes(APPROVER) || may.includes(OPERATOR)) return;
  const detail = `This takes the role "${APPROVER}" or "${OPERATOR}", and ${name} has neither.`;
  throw new AppError('not_an_approver', detail);
}

/** Whoever knows the code: the machine's own, so an admin to rules; nobody by name, so never one of several. */
export const CODE_HOLDER: Approver = {
  name: CODE_APPROVER,
  roles: [ADMIN],
  may: [APPROVER, OPERATOR],
  principals: [],
};

/** Why what somebody said before counts no more. */
export const noApprover = (name: string, did = ''): string =>
  `${name}${did} is no approver any more, or has another key since`;

/** Whether two names are those of one person, as far as nobody approves twice, or their own, by another spelling. */
export const isSamePerson = (one: string, other: string): boolean => skeleton(one) === skeleton(other);

/** Whether a person is a caller, by any of their names or by one that only looks like it. */
export const isRequester = (
  { name, principals }: Pick<Approver, 'name' | 'principals'>,
  principal: string,
): boolean =>
  [name, `key:${name}`, `os-user:${name}`, ...principals].some((one) => isSamePerson(one, principal));

/** What decides about who may decide. */
export type Question = { readonly principal: string; readonly terms: ApprovalTerms | undefined };

/** Why this person may not decide this, whatever they say; undefined where they may. The requester never counts. */
export function whyNot(approver: Approver, { principal, terms }: Question): string | undefined {
  const { name, roles } = approver;
  if (isRequester(approver, principal)) return `${name} asked for this call, and so can't decide it`;
  const { approvers } = terms ?? {};
  if (approvers === undefined) return undefined;
  const isNamed = approvers.includes(name) || roles.some((role) => approvers.includes(role));
  return isNamed ? undefined : `only ${approvers.join(', ')} may decide this, and ${name} is not one of them`;
}

/** Why this person's yes does not count; undefined where it does. */
export function whyNoYes(approver: Approver, question: Question): string | undefined {
  const { quorum = 1 } = question.terms ?? {};
  const because = whyNot(approver, question);
  if (because !== undefined || quorum === 1 || approver.name !== CODE_HOLDER.name) return because;
  return `this takes ${quorum} people, each by their own key: who knows the code is nobody by name`;
}

/** The question that an approval puts. */
export const questionOf = ({ call, terms }: Pick<Approval, 'call' | 'terms'>): Question => ({
  principal: call.principal,
  terms,
});
