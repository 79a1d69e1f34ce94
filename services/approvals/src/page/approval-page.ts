import type { Approval } from '@aegis/shared/contracts/approvals';
import { deadlineOf, decideForm, fact, factsOf, indented, reasonsOf } from './call.ts';
import { type Html, html } from './html.ts';
import { EMPTY, layout, type Notice, time } from './layout.ts';

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
  rule === undefined ? undefined : `${rule.match} (number ${rule.index + 1})`;

const factsOfRecord = (approval: Approval, useWithinMs: number): Html => html`
  <dl>
    ${fact('asked', time(approval.requested_at))}
    ${fact('decide by', time(approval.decide_by))}
    ${fact('use by', useBy(approval, useWithinMs))}
    ${'decided_at' in approval ? fact('decided', html`${time(approval.decided_at)}, ${approval.decided_by}`) : EMPTY}
    ${fact('rule', ruleOf(approval))}
    ${fact('policy', approval.policy_digest)}
    ${fact('digest of the call', approval.call_digest)}
    ${fact('digest of the tool', approval.call.definition_digest)}
    ${fact('trace', approval.trace_id)}
    ${fact('approval', approval.approval_id)}
  </dl>`;

/** Everything about one approval, and the form to decide it. */
export function approvalPage(approval: Approval, useWithinMs: number, notice: Notice | undefined): string {
  const { approval_id, status, call } = approval;
  return layout({
    title: 'Approval',
    intro: 'The right code approves this call for one run. Anything else denies it for good.',
    notice,
    main: html`
<article id="${approval_id}" data-status="${status}">
  <p><span class="status">${status}</span> <small>${deadlineOf(approval)}</small></p>
  <h2>${call.tool}</h2>
  <dl>${factsOf(approval)}</dl>
  <h3>Arguments</h3>
  ${argumentsOf(call.args)}
  <h3>Why it waits</h3>
  ${reasonsOf(approval)}
  ${status === 'pending' ? decideForm(approval_id, 'own') : EMPTY}
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
