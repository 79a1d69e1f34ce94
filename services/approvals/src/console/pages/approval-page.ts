import type { Approval } from '@aegis/contracts/approvals';
import { type Html, html } from '@aegis/kit/text';
import type { Loaded } from '../../store.ts';
import type { Assets } from './assets.ts';
import { deadlineOf, decideForm, fact, factsOf, indented, reasonsOf, termsOf } from './call.ts';
import { EMPTY, layout, type Notice, shell, time } from './layout.ts';

/** Above it the arguments are written on one line: deep ones take a hundred times their room when indented. */
const INDENTED_BYTES = 700_000;

/** The arguments, whole in any case: who decides must see what will run. */
function argumentsOf(args: Record<string, unknown> | undefined): Html {
  if (args === undefined) return html`<p>None.</p>`;
  return indented(args, INDENTED_BYTES) ?? html`<pre>${JSON.stringify(args)}</pre>`;
}

/** Until when an approval may be used: known once it is given. */
function useBy(approval: Approval, useWithinMs: number): Html | string | undefined {
  if (approval.status === 'pending') return `within ${useWithinMs / 1000} s of its approval`;
  return 'use_by' in approval ? time(approval.use_by) : undefined;
}

const ruleOf = ({ rule }: Approval): string | undefined =>
  rule === undefined ? undefined : `${rule.match} (rule ${rule.index}, counted from 0)`;

const factsOfRecord = (approval: Approval, useWithinMs: number): Html => html`
  <dl>
    ${fact('asked', time(approval.requested_at))}
    ${fact('decide by', time(approval.decide_by))}
    ${fact('use by', useBy(approval, useWithinMs))}
    ${'decided_at' in approval ? fact('decided', html`${time(approval.decided_at)}, ${approval.decided_by}`) : EMPTY}
    ${'decision_reason' in approval ? fact('because', approval.decision_reason) : EMPTY}
    ${'grant_id' in approval ? fact('grant', approval.grant_id) : EMPTY}
    ${fact('rule', ruleOf(approval))}
    ${fact('policy', approval.policy_digest)}
    ${fact('digest of the call', approval.call_digest)}
    ${fact('digest of the tool', approval.call.definition_digest)}
    ${fact('trace', approval.trace_id)}
    ${fact('approval', approval.approval_id)}
  </dl>`;

export type ApprovalPageView = {
  loaded: Loaded;
  useWithinMs: number;
  csrf: string;
  notice: Notice | undefined;
};

/** Everything about one approval, and the form to decide it. */
export function approvalPage(
  assets: Assets,
  { loaded, useWithinMs, csrf, notice }: ApprovalPageView,
): string {
  const { approval, seq } = loaded;
  const { approval_id, status, call } = approval;
  return shell(assets, {
    title: 'Approval',
    intro: 'Approve lets this very call run once. Deny ends it for good.',
    notice,
    main: html`
<article id="${approval_id}" data-status="${status}">
  <p><span class="status">${status}</span> <small>${deadlineOf(approval)}</small></p>
  <h2>${call.tool}</h2>
  <dl>${factsOf(approval)}${termsOf(approval)}</dl>
  <h3>Arguments</h3>
  ${argumentsOf(call.args)}
  <h3>Why it waits</h3>
  ${reasonsOf(approval)}
  ${status === 'pending' ? decideForm(approval, 'own', csrf, seq) : EMPTY}
  <h3>On record</h3>
  ${factsOfRecord(approval, useWithinMs)}
</article>`,
  });
}

/** For an address that names no approval. */
export const noSuchPage = (): string =>
  layout({
    title: 'No such approval',
    intro: 'There is no approval at this address. The list has all of them.',
    main: EMPTY,
  });
