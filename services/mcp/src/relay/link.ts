import type { Gate, UpstreamEnd, UpstreamQuestions } from '@aegis/firewall/gate';
import type { Outgoing } from '@aegis/firewall/relay';
import { createInFlight, errorResponse, INTERNAL_ERROR, type InFlight } from '@aegis/firewall/wire';
import type { Logger } from '@aegis/kit/logger';
import type { Budget } from './budget.ts';
import { ClientRequests, type OpenRequest } from './client-requests.ts';
import { createDelivered, type Delivered } from './delivered.ts';
import { OrderedOutlet } from './ordered-outlet.ts';

/** JSON-RPC leaves -32000 to -32099 to implementations; the SDKs use this one for a connection that is gone. */
export const CONNECTION_CLOSED = -32_000;

/** The client's end of a relay. Each of its lines is answered once, or done. */
export type ToClient = {
  /** `line` is the number of the client's line that this answers; 0 for none. */
  write(bytes: Uint8Array | string, line?: number): void;
  /** Nothing is to come for this line; 0 is none. */
  done(line: number): void;
  /** A plain answer to this line, which has this id, may reach the client before it is read here. */
  passes(rawId: string, line: number): void;
  /** So many lines of the server were read. */
  hasRead(lines: number): void;
  room(): Promise<void> | undefined;
};

/** One client and one server with the gate between them: what both directions share. */
export type Link = {
  readonly gate: Gate;
  readonly toClient: ToClient;
  readonly toServer: Pick<Outgoing, 'write' | 'room' | 'waitingBytes'>;
  /** What the client says goes to the server through this, in order. */
  readonly outlet: OrderedOutlet;
  readonly requests: ClientRequests;
  readonly questions: UpstreamQuestions;
  /** What the server asked the client and has no answer for. */
  readonly serverRequests: InFlight;
  /** Lines of the client whose answers the client has already. */
  readonly delivered: Delivered;
  readonly log: Logger;
  /** Says a sentence to whoever reads the log of the client. */
  readonly complain: (because: string) => void;
  /** True once the client sends no more: then nothing is held for a person any longer. */
  clientEnded: boolean;
  /** Why the server can't answer any more; undefined while it can. */
  serverGone: string | undefined;
};

type LinkParts = Pick<Link, 'gate' | 'toClient' | 'toServer' | 'questions' | 'log' | 'complain'>;

export const createLink = (parts: LinkParts, budget: Budget): Link => ({
  ...parts,
  outlet: new OrderedOutlet((bytes) => parts.toServer.write(bytes)),
  requests: new ClientRequests(budget),
  serverRequests: createInFlight(),
  delivered: createDelivered(),
  clientEnded: false,
  serverGone: undefined,
});

/** A message as a line. */
export const asLine = (text: string): string => `${text}\n`;

/** Answers a request, as bytes or as the text of one line; once it was done already, the answer is nobody's. */
export function answerRequest({ toClient }: Link, request: OpenRequest, answer: Uint8Array | string): void {
  toClient.write(answer, request.line);
  request.line = 0;
}

/** Nothing is to come for this request. */
export function dropRequest({ toClient }: Link, request: OpenRequest): void {
  toClient.done(request.line);
  request.line = 0;
}

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
