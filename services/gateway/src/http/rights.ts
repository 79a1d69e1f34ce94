import type { Permit, Who } from '@aegis/contracts/access';
import type { Approval } from '@aegis/contracts/approvals';
import { ANONYMOUS } from '@aegis/contracts/call';
import { AGENT } from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import type { Holder } from '@aegis/replicas/identities';

/** Who sends a request: what the table calls them, and where they decide, what rules may name them by. */
export type Caller = {
  readonly principal: string;
  readonly is: readonly Who[];
  readonly named?: readonly string[];
};

/** Without a name, where one is needed: what nobody is asked for, and what a code in the body opens. */
export const NOBODY: Caller = { principal: ANONYMOUS, is: ['everybody'] };
/** Without a name, where nobody is asked for one. */
export const UNASKED: Caller = { principal: ANONYMOUS, is: ['everybody', 'anonymous'] };

const OPENS: readonly Who[] = ['approver', 'auditor', 'operator', 'admin'];

/** An agent decides and changes nothing, whatever else it is. */
export function callerOfHolder({ name, roles, rule_roles, principal }: Holder): Caller {
  const has = OPENS.filter((role) => roles.includes(role));
  if (!roles.includes(AGENT)) return { principal, is: ['everybody', ...has], named: [name, ...rule_roles] };
  return { principal, is: ['everybody', 'agent', 'own', ...has.filter((role) => role === 'auditor')] };
}

const whoOf = ({ may }: Permit, { is }: Caller): readonly Who[] => may.filter((who) => is.includes(who));

/** @throws AppError `forbidden`, which names the roles that it takes */
export function requireRight(permit: Permit, caller: Caller): void {
  if (whoOf(permit, caller).length > 0) return;
  const roles = [...new Set(permit.may.map((who) => (who === 'own' ? AGENT : who)))];
  const has = caller.is.filter((who) => who !== 'everybody' && who !== 'own');
  throw new AppError(
    'forbidden',
    `This takes the role ${roles.filter((who) => who !== ANONYMOUS).join(' or ')}, and ${caller.principal} has ${has.join(', ') || 'none of them'}.`,
  );
}

/** Whose calls alone a caller may see; undefined where everybody's. */
export function onlyOf(permit: Permit, caller: Caller): string | undefined {
  return whoOf(permit, caller).every((who) => who === 'own') ? caller.principal : undefined;
}

/** Whether a caller may read the arguments of a call: its own, as an auditor, or where its rule lets them decide it. */
export function readsArguments(
  { reads = [] }: Permit,
  { principal, is, named = [] }: Caller,
  { call, terms }: { call: { principal: string }; terms?: Approval['terms'] },
): boolean {
  const has = (who: Who): boolean => reads.includes(who) && is.includes(who);
  if (has('auditor') || (has('own') && call.principal === principal)) return true;
  const { approvers } = terms ?? {};
  return has('approver') && (approvers === undefined || named.some((name) => approvers.includes(name)));
}
