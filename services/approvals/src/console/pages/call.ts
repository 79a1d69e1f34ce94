import { type Approval, asRuled } from '@aegis/contracts/approvals';
import { type Html, html } from '@aegis/kit/text';
import { bytesOf, EMPTY, time } from './layout.ts';

/** When it happened, or when it is over. */
export function deadlineOf(approval: Approval): Html {
  switch (approval.status) {
    case 'pending':
      return html`decide by ${time(approval.decide_by)}`;
    case 'approved':
      return html`use by ${time(approval.use_by)}`;
    case 'denied':
      return html`${approval.denied_because}, ${time(approval.decided_at)}`;
    case 'expired':
      return html`at ${time(approval.expired_at)}`;
    case 'cancelled':
      return html`${approval.cancelled_because}, ${time(approval.cancelled_at)}`;
    case 'superseded':
      return html`${approval.superseded_because}, ${time(approval.superseded_at)}`;
    case 'consumed':
      return html`run ${time(approval.consumed_at)}`;
  }
}

export const fact = (name: string, value: Html | string | number | undefined): Html =>
  value === undefined ? EMPTY : html`<dt>${name}</dt><dd>${value}</dd>`;

/** What people compare first of a call. */
export const factsOf = (approval: Approval): Html => factsOfCall(asRuled(approval), approval);

const factsOfCall = (call: Approval['call'], { dry_run_id, reason }: Approval): Html => html`
  ${fact('op', call.op)}
  ${fact('amount', call.amount_cents === undefined ? undefined : `${call.amount_cents} cents`)}
  ${fact('server', call.server)}
  ${fact('for', call.principal)}
  ${fact('key', dry_run_id)}
  ${fact('the agent says', reason)}`;

/** The arguments as people read them; undefined where that is more than `maxBytes` of markup. */
export function indented(args: Record<string, unknown>, maxBytes: number): Html | undefined {
  const text = JSON.stringify(args, null, 2);
  if (text.length > maxBytes) return undefined;
  const shown = html`<pre>${text}</pre>`;
  return bytesOf(shown) <= maxBytes ? shown : undefined;
}

export const reasonsOf = ({ reasons }: Approval): Html =>
  html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`;

const reasonField = (isNeeded: boolean): Html =>
  isNeeded
    ? html`<label>Reason (this rule asks for one) <input name="reason" autocomplete="off" maxlength="4096" required></label>`
    : html`<label>Reason <input name="reason" autocomplete="off" maxlength="4096"></label>`;

/**
 * One person's word. Deny comes first: the return key in the field sends the first button. `back` is the page that shows the
 * outcome: the list, or the approval's own.
 */
export const decideForm = (
  { approval_id: id, terms }: Approval,
  back: 'list' | 'own',
  csrf: string,
  revision?: number,
): Html => html`
  <form method="post" action="/ui/approvals/${id}">
    <input type="hidden" name="back" value="${back}">
    <input type="hidden" name="csrf_token" value="${csrf}">
    ${revision === undefined ? EMPTY : html`<input type="hidden" name="revision" value="${revision}">`}
    ${reasonField(terms?.require_reason === true)}
    <button name="verdict" value="deny">Deny</button>
    <button name="verdict" value="approve">Approve</button>
  </form>`;

/** What the rule says about who decides, and who has said yes. */
export const termsOf = ({ terms, endorsements = [] }: Approval): Html => html`
  ${fact('approvers', terms?.approvers?.join(', '))}
  ${fact('said yes', terms?.quorum === undefined ? undefined : `${endorsements.length} of ${terms.quorum}`)}
  ${endorsements.map(({ by, at, reason }) => fact('yes of', html`${by}, ${time(at)}${reason === undefined ? '' : `: ${reason}`}`))}`;
