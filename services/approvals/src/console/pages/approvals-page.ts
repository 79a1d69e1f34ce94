import type { Approval, ApprovalStatus } from '@aegis/contracts/approvals';
import { type Html, html } from '@aegis/kit/text';
import type { Shape } from '../../lifecycle/list.ts';
import type { Assets } from './assets.ts';
import { deadlineOf, decideForm, factsOf, indented, reasonsOf, termsOf } from './call.ts';
import { address, bytesOf, EMPTY, type Notice, shell, time } from './layout.ts';

const ARGUMENTS_BYTES = 200_000;
const FILTERS: readonly (ApprovalStatus | undefined)[] = [
  undefined,
  'pending',
  'approved',
  'denied',
  'expired',
  'cancelled',
  'superseded',
  'consumed',
];

const own = (id: string, text: Html | string): Html => html`<a href="/ui/approvals/${id}">${text}</a>`;

/** The arguments whole, or where all of them can be read: one huge call must not keep people from the others. */
function argumentsOf({ approval_id, call: { args } }: Approval): Html {
  if (args === undefined) return EMPTY;
  const shown = indented(args, ARGUMENTS_BYTES);
  if (shown) return shown;
  const bytes = Buffer.byteLength(JSON.stringify(args));
  return html`<p>Too large for this page: ${own(approval_id, `all ${bytes} bytes of arguments`)}</p>`;
}

const row = (approval: Approval, csrf: string): Html => html`
  <tr id="${approval.approval_id}" data-status="${approval.status}">
    <td><span class="status">${approval.status}</span><br><small>${deadlineOf(approval)}</small></td>
    <td>
      <strong>${approval.call.tool}</strong>
      <dl>${factsOf(approval)}${termsOf(approval)}</dl>
      ${argumentsOf(approval)}
    </td>
    <td>${reasonsOf(approval)}</td>
    <td>${time(approval.requested_at)}<br>${own(approval.approval_id, html`<code>${approval.approval_id}</code>`)}</td>
    <td>${approval.status === 'pending' ? decideForm(approval, 'list', csrf) : EMPTY}</td>
  </tr>`;

const table = (rows: readonly Html[]): Html => html`
  <table>
    <thead><tr><th>Status</th><th>Call</th><th>Why it waits</th><th>Asked</th><th>Decide</th></tr></thead>
    <tbody>${rows}</tbody>
  </table>`;

/** Approvals as rows, as many as people read at once; {@link argumentsOf} bounds each. */
export const rowFor = (csrf: string): Shape<Html> => ({
  toItem: (approval) => row(approval, csrf),
  bytesOf,
  maxBytes: 700_000,
});

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

/** The list of approvals. */
export function approvalsPage(assets: Assets, { rows, next, status, notice }: PageView): string {
  const older = address('/ui/approvals', {
    ...(status === undefined ? {} : { status }),
    before: next ?? '',
  });
  return shell(assets, {
    title: 'Approvals',
    intro: 'Approve lets a call run once. Deny ends it for good.',
    current: '/ui/approvals',
    nav: html`<nav aria-label="Filter">${FILTERS.map((one) => filter(one, status))}</nav>`,
    notice,
    main: html`
${rows.length === 0 ? html`<p class="empty">Nothing here. Calls that need a person will appear in this table.</p>` : table(rows)}
${next === undefined ? EMPTY : html`<p><a rel="next" href="${older}">Older</a></p>`}`,
  });
}
