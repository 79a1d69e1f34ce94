import { deniedByGuess } from '@aegis/contracts/approval-words';
import type { Approval } from '@aegis/contracts/approvals';

/** How an approval stands, for people. `tone` is how it looks. */
export type StatusLine = { tone: 'wait' | 'good' | 'bad' | 'over'; text: string; because?: string };

type Approved = Extract<Approval, { status: 'approved' | 'consumed' }>;

const because = (text: string | undefined): { because?: string } => (text ? { because: text } : {});

const orYou = (name: string, me: string): string => (name === me ? 'you' : name);

/** Where a grant answered, nobody has looked at this very call. */
const approvedBy = ({ decided_by, grant_id }: Approved, me: string): string =>
  `Approved by ${grant_id === undefined ? '' : 'a grant of '}${orYou(decided_by, me)}`;

/** How an approval stands, in one sentence. `me` is who looks at it. */
export function statusLineOf(approval: Approval, me: string): StatusLine {
  switch (approval.status) {
    case 'pending':
      return { tone: 'wait', text: 'Waits for a person.' };
    case 'approved':
      return { tone: 'good', text: `${approvedBy(approval, me)}.`, ...because(approval.decision_reason) };
    case 'consumed':
      return {
        tone: 'good',
        text: `${approvedBy(approval, me)}, and used.`,
        ...because(approval.decision_reason),
      };
    case 'denied': {
      const guess = deniedByGuess(approval);
      if (guess !== undefined) return { tone: 'bad', text: `${guess.replace(/^d/, 'D')}.` };
      return {
        tone: 'bad',
        text: `Denied by ${orYou(approval.decided_by, me)}.`,
        ...because(approval.decision_reason ?? approval.denied_because),
      };
    }
    case 'expired':
      return { tone: 'over', text: 'Expired: nobody decided, or nobody used it, in time.' };
    case 'cancelled':
      return {
        tone: 'over',
        text: 'Cancelled by the agent that asked.',
        ...because(approval.cancelled_because),
      };
    case 'superseded':
      return {
        tone: 'over',
        text: 'Superseded: the policy or the tool changed under it.',
        ...because(approval.superseded_because),
      };
  }
}

/** What was on the screen turned into this without the person's doing. */
export function lostTo(approval: Approval, me: string): string | undefined {
  const decider = 'decided_by' in approval ? approval.decided_by : undefined;
  if (approval.status === 'denied' && deniedByGuess(approval))
    return `Decided meanwhile: ${deniedByGuess(approval)}.`;
  if (decider === undefined || decider === me) return undefined;
  const verdict = approval.status === 'denied' ? 'denied' : 'approved';
  return `Decided by someone else first: ${verdict} by ${decider}.`;
}
