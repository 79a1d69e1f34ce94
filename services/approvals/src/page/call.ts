import type { Approval } from '@aegis/shared/contracts/approvals';
import { type Html, html } from './html.ts';
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
    case 'consumed':
      return html`run ${time(approval.consumed_at)}`;
  }
}

export const fact = (name: string, value: Html | string | number | undefined): Html =>
  value === undefined ? EMPTY : html`<dt>${name}</dt><dd>${value}</dd>`;

/** What people compare first of a call. */
export const factsOf = ({ call, dry_run_id, reason }: Approval): Html => html`
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

/**
 * The right code approves, a wrong one denies: there is no second guess. `back` is the page that shows the outcome: the
 * list, or the approval's own.
 */
export const decideForm = (id: string, back: 'list' | 'own'): Html => html`
  <form method="post" action="/ui/approvals/${id}">
    <input type="hidden" name="back" value="${back}">
    <label>Code <input name="approval_code" type="password" autocomplete="off" required maxlength="1024"></label>
    <button>Decide</button>
  </form>`;
