import { standingForCaller } from '@aegis/contracts/approval-words';
import type { Approval } from '@aegis/contracts/approvals';
import { AppError } from '@aegis/kit/errors';

/**
 * What a model reads where its call did not simply run. Each says what happened, why, and what it may do instead, in one
 * sentence: models repeat or work around what they don't understand.
 */
const INSTEAD = 'do what you need in a way that the rules allow, or tell the person you work for';

const because = (reasons: readonly string[]): string =>
  reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;

export const blocked = (reasons: readonly string[]): string =>
  `AegisMCP blocked this call${because(reasons)}: it was not sent, so ${INSTEAD}.`;

/** What a server reads whose question the client never sees, and a client whose call would only have asked it. */
export const questionRefused = (reasons: readonly string[]): string =>
  `AegisMCP did not pass on what the server asks${because(reasons)}: the client was not asked, so go on without it.`;

export const pending = (reasons: readonly string[], approvalId: string, url: string | undefined): string =>
  `AegisMCP asks a person about this call${because(reasons)}: it was not sent and approval ${approvalId} is pending` +
  `${url === undefined ? '' : ` (to be decided at ${url})`}, so repeat exactly the same call once it is approved, and ` +
  'it runs, once.';

/** The approval came, but so late that the call could no longer be sent for this request. */
export const approvedLate = (approvalId: string): string =>
  `Approval ${approvalId} was returned as the time for this call ran out: it was not sent, so repeat exactly the same call ` +
  'now, and it runs, once.';

/** An approval that ended while the call waited for it, without a yes or a no. */
export const approvalOver = (approval: Approval): string =>
  `${standingForCaller(approval)}; this call was not sent, so repeat it to ask a person again.`;

/** The approval was used for this call, and the time for the call had run out by then. */
export const usedTooLate = (approvalId: string): string =>
  `Approval ${approvalId} is used up, but too late: this call was not sent, so repeat it to ask a person again.`;

/** What a person reads while a call waits. */
export const waitsFor = (approvalId: string, url: string | undefined): string =>
  `AegisMCP: this call waits for approval ${approvalId}${url === undefined ? '' : ` at ${url}`}`;

/** What was asked about is no longer what would run. */
export const changedMeanwhile = (approvalId: string): string =>
  `The tool or the rules changed while this call waited for approval ${approvalId}: it was not sent, so look at the ` +
  'list of tools again before you repeat it.';

/** The person at the client said that they don't want to open the page of the approval. */
export const declined = (approvalId: string): string =>
  `The person at the client declined to have approval ${approvalId} decided: this call was not sent, so ask them what ` +
  'they want instead.';

export const cannotDecide = (thrown: unknown): string =>
  `AegisMCP can't decide now: ${detailOf(thrown)}; the call was not sent, so try again in a moment.`;

export const CANNOT_RECORD =
  "AegisMCP can't record this request now, too many were asked or wait to be stored: it was not sent, so try again in a minute.";

export const cannotList = (what: string, thrown: unknown): string =>
  `AegisMCP can't say now which ${what} there are: ${detailOf(thrown)}; try again in a moment.`;

export const notReached = (why: string): string =>
  `The server was not reached (${why}): the call was not sent, so it can be repeated.`;

/** The server had the call, and its status says that it did nothing with it. */
export const refusedByServer = (why: string): string =>
  `The server refused this call before anything ran (${why}): once the cause is mended it can be repeated.`;

export const unknownOutcome = (why: string): string =>
  `Nobody knows how this call ended (${why}): it may have run, so look whether it took effect before you repeat it.`;

/** Why there is no answer though something came, as part of a sentence. */
export const unreadable = (nonsense: string): string =>
  `what the server sent can't be read: ${nonsense.charAt(0).toLowerCase()}${nonsense.slice(1).replace(/\.$/, '')}`;

export const noSuchTool = (server: string, tool: string): string =>
  `the server '${server}' lists no tool ${JSON.stringify(tool)}`;

/** What went wrong in words for outside, without a full stop. What is not written for outside shows nothing. */
export function detailOf(thrown: unknown): string {
  const detail = thrown instanceof AppError ? thrown.message : 'something in the firewall broke';
  return detail.replace(/\.$/, '');
}
