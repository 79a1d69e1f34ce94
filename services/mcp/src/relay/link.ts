import type { Gate, UpstreamEnd, UpstreamQuestions } from '@aegis/firewall/gate';
import { createInFlight, errorResponse, INTERNAL_ERROR, type InFlight } from '@aegis/firewall/wire';
import type { Logger } from '@aegis/kit/logger';
import { ClientRequests, type OpenRequest } from './client-requests.ts';
import { OrderedOutlet } from './ordered-outlet.ts';
import type { Sink } from './sink.ts';

/** JSON-RPC leaves -32000 to -32099 to implementations; the SDKs use this one for a connection that is gone. */
export const CONNECTION_CLOSED = -32_000;

/** One client and one server with the gate between them: what both directions share. */
export type Link = {
  readonly gate: Gate;
  readonly toClient: Sink;
  readonly toServer: Sink;
  /** What the client says goes to the server through this, in order. */
  readonly outlet: OrderedOutlet;
  readonly requests: ClientRequests;
  readonly questions: UpstreamQuestions;
  /** What the server asked the client and has no answer for. */
  readonly serverRequests: InFlight;
  readonly log: Logger;
  /** True once the client sends no more: then nothing is held for a person any longer. */
  clientEnded: boolean;
  /** Why the server can't answer any more; undefined while it can. */
  serverGone: string | undefined;
};

export const createLink = (
  parts: Pick<Link, 'gate' | 'toClient' | 'toServer' | 'questions' | 'log'>,
): Link => ({
  ...parts,
  outlet: new OrderedOutlet((bytes) => parts.toServer.write(bytes)),
  requests: new ClientRequests(),
  serverRequests: createInFlight(),
  clientEnded: false,
  serverGone: undefined,
});

/** A message as a line. */
export const asLine = (text: string): string => `${text}\n`;

/**
 * Tells the gate how a request ended that the server was given, or would have been: gives what the client gets, undefined
 * for the server's own words as they came.
 */
export function endRequest(
  { log }: Link,
  { rawId }: OpenRequest,
  ended: OpenRequest['ended'],
  end: UpstreamEnd,
): string | undefined {
  const own = end.type === 'response' ? end.response.text : undefined;
  try {
    const text = ended?.(end) ?? own ?? errorResponse(rawId, CONNECTION_CLOSED, lostBecause(end));
    return text === own ? undefined : text;
  } catch (err) {
    log.error({ err }, 'the end of a request could not be judged');
    return errorResponse(rawId, INTERNAL_ERROR, 'The firewall could not judge the answer of the server.');
  }
}

const lostBecause = (end: UpstreamEnd): string => (end.type === 'lost' ? end.because : '');
