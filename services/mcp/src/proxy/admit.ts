import type { AskUpstream, Circumstances, Disposition, Gate } from '@aegis/firewall/gate';
import type { ServerEntry } from '@aegis/firewall/servers';
import {
  errorResponse,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  type Notification,
  type Request,
  type Response,
} from '@aegis/firewall/wire';
import type { Call, Calls, Forward } from './calls.ts';
import type { OpenGate } from './connection.ts';
import type { ClientStream } from './http/client-stream.ts';

const CANCELLED = 'notifications/cancelled';
const ACCEPTED = 202;
const BAD_REQUEST = 400;

/** The gate of one connection to a server. */
export const gateFor = (
  { name: server, record, holdMs, showDenied }: ServerEntry,
  principal: string,
  openGate: OpenGate,
  askUpstream: AskUpstream,
  folders: readonly string[] = [],
): Gate =>
  openGate({
    server,
    principal,
    via: 'proxy',
    record,
    holdMs,
    showDenied,
    waitForRecord: true,
    askUpstream,
    folders,
  });

/** Takes a request in; one whose id is taken is refused. */
export function openCall(gate: Gate, calls: Calls, request: Request, out: ClientStream): Call | undefined {
  const call = calls.open(request);
  if (call !== undefined) return call;
  const because = 'A request with this id still waits for its answer, or too many requests do.';
  gate.refused(because, Buffer.from(request.text));
  out.answer(errorResponse(request.rawId, INVALID_REQUEST, because), BAD_REQUEST);
  return undefined;
}

async function passageOf(
  gate: Gate,
  call: Call,
  out: ClientStream,
  disagrees: Circumstances['disagrees'],
): Promise<Disposition> {
  const { request, signal } = call;
  try {
    return await gate.request(request, {
      signal,
      notify: (text) => void out.notify(text),
      held: () => out.keepOpen(),
      ...(disagrees === undefined ? {} : { disagrees }),
    });
  } catch {
    const text = errorResponse(
      request.rawId,
      INTERNAL_ERROR,
      'The firewall could not decide. Nothing was sent.',
    );
    return { type: 'answer', text };
  }
}

/**
 * Has a request judged, and answers it where it does not pass. What nobody waits for any more is not sent. `disagrees` says
 * of a tool's call where its HTTP headers are not those of its body.
 */
export async function judge(
  gate: Gate,
  call: Call,
  out: ClientStream,
  disagrees?: Circumstances['disagrees'],
): Promise<Forward | undefined> {
  const giveUp = (): void => call.cancel();
  out.gone.addEventListener('abort', giveUp, { once: true });
  if (out.gone.aborted) giveUp();
  const disposition = await passageOf(gate, call, out, disagrees);
  out.gone.removeEventListener('abort', giveUp);
  if (disposition.type === 'answer') {
    out.answer(disposition.text, disposition.isMalformed === true ? BAD_REQUEST : undefined);
  }
  if (disposition.type === 'nothing') out.nothing();
  if (disposition.type !== 'forward') return undefined;
  call.forwarded(disposition);
  if (!call.signal.aborted) return disposition;
  call.end({ type: 'lost', because: 'It was cancelled before it was sent.', isUnsent: true });
  out.nothing();
  return undefined;
}

/** Whether a notification goes on to the server. Where it does not, the client is answered. */
export function admitNotification(
  gate: Gate,
  calls: Calls,
  notification: Notification,
  out: ClientStream,
): boolean {
  const { method, params } = notification;
  const mayPass = gate.clientNotification(notification) === 'forward';
  // What has not reached the server needs no cancelling there.
  const endsHere = method === CANCELLED && calls.cancelled(params?.['requestId']);
  if (mayPass && !endsHere) return true;
  if (method === CANCELLED) out.send(ACCEPTED, undefined);
  else {
    const sentence = `${method} may not be sent as a notification.`;
    out.answer(errorResponse('null', INVALID_REQUEST, sentence), BAD_REQUEST);
  }
  return false;
}

/** Refuses a response that the server did not ask for, or has already: it would be its client's word on what it likes. */
export function admitResponse(gate: Gate, wasAsked: boolean, { text }: Response, out: ClientStream): boolean {
  if (wasAsked) return true;
  const because = 'The response is to no request of the server, or to one that has its answer.';
  gate.refused(because, Buffer.from(text));
  out.answerJson(errorResponse('null', INVALID_REQUEST, because), BAD_REQUEST);
  return false;
}
