import { CODE_APPROVER, guessed, WRONG_CODE } from '@aegis/contracts/approval-words';
import type { Verdict } from '@aegis/contracts/approvals';
import type { ApproverOptions, Bearer } from '../approver-credential.ts';
import { CliError } from '../cli-error.ts';
import { paintStatus } from '../format/paint.ts';
import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { agentKey } from '../gateway/agent-key.ts';
import { ApprovalItem } from '../gateway/answers.ts';
import { askAsApprover } from '../gateway/ask-as-approver.ts';
import { ask, type Question } from '../gateway/client.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';

export type Reason = { readonly reason?: string | undefined };

/** How it stands, in a few words: who decided what, and why. */
export function standingOf({
  status,
  decided_by,
  decision_reason,
  denied_because,
  drawn_code_only,
  endorsements,
  terms,
}: ApprovalItem): string {
  const isOldGuess = decided_by === CODE_APPROVER && denied_because === WRONG_CODE && !decision_reason;
  const isGuess = typeof drawn_code_only === 'boolean' || isOldGuess;
  if (denied_because && isGuess) return guessed(denied_because, drawn_code_only ?? false);
  const by = decided_by ? ` by ${decided_by}` : '';
  const why = decision_reason ? `: ${decision_reason}` : '';
  const yes = (endorsements ?? []).map((one) => one.by);
  const soFar = status === 'pending' && yes.length > 0;
  return soFar
    ? `pending, ${yes.length} of ${terms?.quorum ?? 1} (${yes.join(', ')})`
    : `${status}${by}${why}`;
}

/** What was answered to a word that came too late, and how it stands, said once: most answers say it already. */
export function withStanding(detail: string, standing: ApprovalItem): string {
  const { status, decided_by: by } = standing;
  const sentence = detail.replace(/\.?$/, '');
  const whole = standingOf(standing);
  const isSaid =
    sentence.includes(whole) || (status === 'consumed' && sentence.includes(`approved by ${by}`));
  if (isSaid) return `${sentence}.`;
  const withoutWhy = standingOf({ ...standing, decision_reason: undefined });
  return sentence.endsWith(withoutWhy)
    ? `${sentence.slice(0, -withoutWhy.length)}${whole}.`
    : `${sentence}. It stands: ${whole}.`;
}

/** The approval as it stands, where a decision came too late. */
export function standingIn(thrown: unknown): ApprovalItem | undefined {
  if (!(thrown instanceof CliError) || thrown.problem.code !== 'already_decided') return undefined;
  return ApprovalItem.safeParse((thrown.problem as { approval?: unknown }).approval).data;
}

const question = (id: string, what: Verdict | 'cancel', { reason }: Reason): Question => ({
  method: 'POST',
  path: `approvals/${encodeURIComponent(id)}/${what}`,
  body: reason === undefined ? {} : { reason },
});

/** Sends one person's word. @throws CliError `already_decided` with how it stands in its words */
export async function sendVerdict(
  base: URL,
  id: string,
  verdict: Verdict,
  reason: Reason,
  headers: Bearer,
): Promise<ApprovalItem> {
  return ask(base, { ...question(id, verdict, reason), headers }, ApprovalItem);
}

/** Says how it stands where it was too late, in the same sentence. */
export async function orSayWhoWon<T>(sending: Promise<T>): Promise<T> {
  try {
    return await sending;
  } catch (thrown) {
    const standing = standingIn(thrown);
    if (standing === undefined) throw thrown;
    const { problem } = thrown as CliError;
    const detail = withStanding(problem.detail, standing);
    throw new CliError({ ...problem, detail }, 1, { cause: thrown });
  }
}

function report(host: Host, answer: ApprovalItem, json: true | undefined): void {
  if (json) return printDocument(host, answer);
  const [status = '', rest] = standingOf(answer).split(/(?<=^\w+)\b/, 2);
  printLine(
    host,
    `${paintStatus(host, visible(status))}${visible(rest ?? '')}  ${visible(answer.approval_id)}`,
  );
}

/** Approves or denies; 0 where it is so now, 1 where it waits for more people. */
export const decideApproval =
  (verdict: Verdict) =>
  async (host: Host, id: string, options: ApproverOptions & Reason): Promise<ExitCode> => {
    const asked = question(id, verdict, options);
    const answer = await orSayWhoWon(askAsApprover(host, options, asked, ApprovalItem));
    report(host, answer, options.json);
    return answer.status === (verdict === 'approve' ? 'approved' : 'denied') ? 0 : 1;
  };

/** Takes a question back that was asked over REST. */
export async function cancelApproval(
  host: Host,
  id: string,
  options: GlobalOptions & Reason,
): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const answer = await orSayWhoWon(
    ask(base, { ...question(id, 'cancel', options), headers: agentKey(host) }, ApprovalItem),
  );
  report(host, answer, options.json);
  return answer.status === 'cancelled' ? 0 : 1;
}
