import { grantNote, grantStatus } from '@aegis/contracts/grant-words';
import type { Reason } from '../approvals/decide.ts';
import type { ApproverOptions } from '../approver-credential.ts';
import { paintStatus } from '../format/paint.ts';
import { toSafeJson, visible } from '../format/visible.ts';
import { GrantAnswer, type GrantItem, GrantsAnswer } from '../gateway/answers.ts';
import { askAsApprover } from '../gateway/ask-as-approver.ts';
import type { Question } from '../gateway/client.ts';
import type { ExitCode, Host } from '../host.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';

export type GrantsOptions = ApproverOptions & { readonly active?: boolean };
export type GiveOptions = ApproverOptions & Reason & { readonly minutes: number };

const HEADER = ['GRANT', 'STATUS', 'UNTIL', 'USES', 'BY', 'AGENT', 'CALLS'];

const statusOf = (grant: GrantItem): string => grantStatus(grant, Date.now());

/** Why it lets nothing run, where it doesn't. */
const noteOf = (grant: GrantItem): string[] => {
  const note = grantNote(grant, Date.now());
  return note === undefined ? [] : [visible(note)];
};

/** What it covers, as a sentence; a firewall of before says only its pattern. */
const coveredBy = ({ covers, pattern }: GrantItem): string =>
  covers ? visible(covers) : toSafeJson(pattern);

/** Grants, newest first, each with the pattern that it is. */
export async function listGrants(host: Host, options: GrantsOptions): Promise<ExitCode> {
  const query = { active: options.active };
  const answer = await askAsApprover(host, options, { method: 'GET', path: 'grants', query }, GrantsAnswer);
  const rows = answer.grants.map((grant) => [
    grant.grant_id,
    statusOf(grant),
    grant.expires_at,
    grant.uses,
    grant.granted_by,
    grant.principal,
    [coveredBy(grant), ...noteOf(grant)].join(' '),
  ]);
  printList(host, options, answer, HEADER, rows, 'No grants.');
  return 0;
}

function report(host: Host, answer: { grant: GrantItem }, { json }: ApproverOptions): void {
  if (json) return printDocument(host, answer);
  const { grant } = answer;
  const status = paintStatus(host, statusOf(grant));
  printLine(
    host,
    `${status}  ${visible(grant.grant_id)}  ${coveredBy(grant)}  until ${visible(grant.expires_at)}`,
  );
  // Who just revoked it knows why.
  if (!grant.revoked_at) for (const note of noteOf(grant)) printNote(host, note);
}

/** Approves a call, and the very same call again for a while. */
export async function giveGrant(host: Host, approvalId: string, options: GiveOptions): Promise<ExitCode> {
  const { minutes, reason } = options;
  const body = { approval_id: approvalId, minutes, reason };
  const question: Question = { method: 'POST', path: 'grants', body };
  report(host, await askAsApprover(host, options, question, GrantAnswer), options);
  return 0;
}

/** Ends a grant: a person is asked again. */
export async function revokeGrant(host: Host, id: string, options: ApproverOptions): Promise<ExitCode> {
  const path = `grants/${encodeURIComponent(id)}/revoke`;
  report(host, await askAsApprover(host, options, { method: 'POST', path }, GrantAnswer), options);
  return 0;
}
