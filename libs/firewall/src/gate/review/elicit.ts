import { randomUUID } from 'node:crypto';
import { membersOf } from '@aegis/kit/json';
import { resultResponse } from '../../wire/errors.ts';
import type { Response } from '../../wire/message.ts';
import { setMember, spanOf } from '../../wire/splice.ts';
import type { FirewallParts } from '../firewall-parts.ts';
import type { JudgedRequest } from '../judged-request.ts';
import { APPROVAL_KEY, broughtForUpstream } from '../read/returned.ts';
import type { Sent } from '../record/recorder.ts';
import { waitsFor } from '../sentences.ts';

/** How long a client may take for one round; after that its call is judgement as if it were new. */
const STATE_FOR_MS = 10 * 60_000;
/** Characters of an upstream's state and answers that are carried for it. */
const MAX_CARRIED = 65_536;
const MAX_CONTINUATIONS = 10_000;
/** Further rounds of one call that an approval covers; the next one is a new question. */
export const MAX_FURTHER_ROUNDS = 8;
/** Methods that may be answered with `input_required` (2026-07-28, multi round-trip requests). */
const UNFINISHED: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

type Parts = Pick<FirewallParts, 'seal' | 'now' | 'continuations' | 'recorder'>;

/** The page of an approval on the console; undefined where the console has no address. */
export const approvalUrl = (consoleUrl: string | undefined, approvalId: string): string | undefined =>
  consoleUrl === undefined ? undefined : `${consoleUrl.replace(/\/+$/, '')}/ui/approvals/${approvalId}`;

/** Whether the client can be sent to the console and come back. */
export function canElicit({ caller, request }: JudgedRequest): boolean {
  if (!caller.opensUrls || !UNFINISHED.has(request.method)) return false;
  return Object.values(broughtForUpstream(request)).join('').length <= MAX_CARRIED;
}

export type Round = {
  readonly approvalId: string;
  readonly callDigest: string;
  readonly principal: string;
  readonly server: string;
  readonly round: number;
  /** Where the person is sent to; without one the client is only to come back. */
  readonly url: string | undefined;
  /** What the person reads beside that the call waits. */
  readonly note?: string | undefined;
  /** What of the upstream's is carried. */
  readonly carried: { upstream_state?: string | undefined; upstream_responses?: string | undefined };
};

/** An unfinished result that asks the client to come back, and in its first round to send a person to the approval. */
export function inputRequired({ seal, now }: Parts, rawId: string, round: Round): string {
  const { approvalId, url, note, carried } = round;
  const requestState = seal.seal({
    type: 'asked',
    call_digest: round.callDigest,
    principal: round.principal,
    server: round.server,
    approval_id: approvalId,
    expires_ms: now().getTime() + STATE_FOR_MS,
    round: round.round,
    ...carried,
  });
  const message =
    note === undefined ? waitsFor(approvalId, undefined) : `${waitsFor(approvalId, undefined)}; ${note}`;
  const params = { mode: 'url', message, url };
  const ask = { [APPROVAL_KEY]: { method: 'elicitation/create', params } };
  return resultResponse(rawId, {
    resultType: 'input_required',
    ...(url === undefined ? {} : { inputRequests: ask }),
    requestState,
  });
}

/** What a further round goes on under: the approval, the call as it was at first, and how many rounds there were. */
export type Continued = { readonly approvalId: string; readonly callDigest: string; readonly round: number };

/**
 * An upstream's own unfinished result of an approved call, with its state sealed inside ours: the client's next round may go
 * on under the same approval, once. Any other response is left as it is, and so is one more than an approval covers.
 */
export function sealContinuation(
  { seal, now, continuations, recorder }: Parts,
  { text, result }: Response,
  sent: Sent,
  { approvalId, callDigest, round }: Continued,
): string {
  const { resultType, requestState } = membersOf(result);
  if (resultType !== 'input_required' || round > MAX_FURTHER_ROUNDS) return text;
  const span = spanOf(text, ['result', 'requestState']);
  const written = span && text.slice(span.start, span.end);
  if (written !== undefined && (written.length > MAX_CARRIED || typeof requestState !== 'string'))
    return text;
  const nonce = randomUUID();
  const expires_ms = now().getTime() + STATE_FOR_MS;
  if (continuations.size >= MAX_CONTINUATIONS)
    continuations.delete(continuations.keys().next().value as string);
  continuations.set(nonce, expires_ms);
  const sealed = seal.seal({
    type: 'continues',
    call_digest: callDigest,
    principal: sent.principal,
    server: sent.server,
    approval_id: approvalId,
    expires_ms,
    call_id: sent.callId,
    round,
    instance: recorder.instance,
    nonce,
    upstream_state: written,
  });
  return setMember(text, ['result'], 'requestState', JSON.stringify(sealed));
}
