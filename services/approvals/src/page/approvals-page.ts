import type { Approval, ApprovalStatus } from '@aegis/shared/contracts/approvals';
import type { Shape } from '../list.ts';
import { Html, html } from './html.ts';

/** What is shown above the table after a form was sent. */
export type Notice = { tone: 'good' | 'bad'; text: string };

const EMPTY = html``;
const ARGUMENTS_BYTES = 200_000;
const FILTERS: readonly (ApprovalStatus | undefined)[] = [
  undefined,
  'pending',
  'approved',
  'denied',
  'expired',
  'consumed',
];

/** A time as people read it, exact for machines. Without scripts it is UTC. */
const time = (iso: string): Html =>
  html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;

/** When it happened, or when it is over. */
function deadline(approval: Approval): Html {
  switch (approval.status) {
    case 'pending':
      return html`decide by ${time(approval.decide_by)}`;
    case 'approved':
      return html`use by ${time(approval.use_by)}`;
    case 'denied':
      return html`${approval.denied_because}, ${time(approval.decided_at)}`;
    case 'expired':
      return html`at ${time(approval.expired_at)}`;
    case 'consumed':
      return html`run ${time(approval.consumed_at)}`;
  }
}

/** The right code approves, a wrong one denies: there is no second guess. */
const form = (id: string): Html => html`
  <form method="post" action="/ui/approvals/${id}">
    <label>Code <input name="approval_code" type="password" autocomplete="off" required maxlength="1024"></label>
    <button>Decide</button>
  </form>`;

/** The arguments whole, or where all of them can be read: one huge call must not keep people from the others. */
function argumentsOf({ approval_id, call: { args } }: Approval): Html {
  if (args === undefined) return EMPTY;
  const shown = html`<pre>${JSON.stringify(args, null, 2)}</pre>`;
  if (Buffer.byteLength(shown.markup) <= ARGUMENTS_BYTES) return shown;
  const bytes = Buffer.byteLength(JSON.stringify(args));
  return html`<p>Too large for this page: <a href="/approvals/${approval_id}">all ${bytes} bytes of arguments</a></p>`;
}

function callOf(approval: Approval): Html {
  const { tool, op, amount_cents, principal } = approval.call;
  return html`
    <strong>${tool}</strong>
    <dl>
      ${op === undefined ? EMPTY : html`<dt>op</dt><dd>${op}</dd>`}
      ${amount_cents === undefined ? EMPTY : html`<dt>amount</dt><dd>${amount_cents} cents</dd>`}
      <dt>for</dt><dd>${principal}</dd>
      <dt>key</dt><dd>${approval.dry_run_id}</dd>
      ${approval.reason === undefined ? EMPTY : html`<dt>the agent says</dt><dd>${approval.reason}</dd>`}
    </dl>
    ${argumentsOf(approval)}`;
}

const row = (approval: Approval): Html => html`
  <tr id="${approval.approval_id}" data-status="${approval.status}">
    <td><span class="status">${approval.status}</span><br><small>${deadline(approval)}</small></td>
    <td>${callOf(approval)}</td>
    <td><ul>${approval.reasons.map((reason) => html`<li>${reason}</li>`)}</ul></td>
    <td>${time(approval.requested_at)}<br><code>${approval.approval_id}</code></td>
    <td>${approval.status === 'pending' ? form(approval.approval_id) : EMPTY}</td>
  </tr>`;

const table = (rows: readonly Html[]): Html => html`
  <table>
    <thead><tr><th>Status</th><th>Call</th><th>Why it waits</th><th>Asked</th><th>Decide</th></tr></thead>
    <tbody>${rows}</tbody>
  </table>`;

/** Approvals as rows, as many as a page may hold: the gateway passes on pages of up to 1 MiB. */
export const ROW: Shape<Html> = {
  toItem: row,
  bytesOf: ({ markup }) => Buffer.byteLength(markup),
  maxBytes: 700_000,
};

const filter = (status: ApprovalStatus | undefined, active: ApprovalStatus | undefined): Html => {
  const href = status === undefined ? '/ui/approvals' : `/ui/approvals?status=${status}`;
  return status === active
    ? html`<a href="${href}" aria-current="page">${status ?? 'all'}</a> `
    : html`<a href="${href}">${status ?? 'all'}</a> `;
};

export type PageView = {
  rows: readonly Html[];
  next: string | undefined;
  status: ApprovalStatus | undefined;
  notice: Notice | undefined;
};

/** The whole page; works without scripts. */
export function approvalsPage({ rows, next, status, notice }: PageView): string {
  const older = new URLSearchParams({ ...(status === undefined ? {} : { status }), before: next ?? '' });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Approvals · AegisMCP</title>
<link rel="stylesheet" href="/ui/approvals.css">
<script src="/ui/approvals.js" defer></script>
</head>
<body>
<header><h1>Approvals</h1><p>The right code approves a call for one run. Anything else denies it for good.</p></header>
<nav aria-label="Filter">${FILTERS.map((one) => filter(one, status))}</nav>
${notice === undefined ? EMPTY : html`<p role="status" class="notice ${notice.tone}">${notice.text}</p>`}
<main>
${rows.length === 0 ? html`<p class="empty">Nothing here. Calls that need a person will appear in this table.</p>` : table(rows)}
${next === undefined ? EMPTY : html`<p><a rel="next" href="/ui/approvals?${new Html(older.toString().replaceAll('&', '&amp;'))}">Older</a></p>`}
</main>
</body>
</html>
`.markup;
}
