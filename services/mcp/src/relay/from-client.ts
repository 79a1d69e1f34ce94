import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposition, UpstreamEnd } from '@aegis/firewall/gate';
import {
  errorResponse,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  type Message,
  type Notification,
  type Request,
  readClientMessage,
  withoutEnding,
} from '@aegis/firewall/wire';
import type { OpenRequest } from './client-requests.ts';
import { asLine, CONNECTION_CLOSED, endRequest, type Link } from './link.ts';
import type { Place } from './ordered-outlet.ts';
import { pump } from './pump.ts';

/** What comes after a request waits for its decision this long, in milliseconds. */
const KEEP_ORDER_MS = 100;
/** Bytes of messages that are ready and wait for a decision on one before them. */
const MAX_WAITING_BYTES = 1_048_576;
/** Bytes that the client has not read, beyond which nothing more is taken from it. */
const MAX_UNREAD_BYTES = 1_048_576;

const NEVER_ANSWERED: UpstreamEnd = {
  type: 'lost',
  because: 'It was cancelled, and the server did not answer.',
};
const TOO_LONG = 'A message may have at most 16 MiB.';

/** A message as it came: its text, its bytes, and how its line ended. */
type Came = { readonly bytes: Buffer; readonly ending: string };

const lineOf = (text: string, message: Message, ending: string): Buffer =>
  Buffer.from(text === message.text ? text + ending : asLine(text));

const answer = ({ toClient }: Link, { rawId }: { rawId: string }, code: number, sentence: string): void =>
  toClient.write(asLine(errorResponse(rawId, code, sentence)));

/** The text for the server; undefined where it is too late for that, which the record and the client are told. */
function forward(
  link: Link,
  request: OpenRequest,
  disposition: Disposition & { type: 'forward' },
): string | undefined {
  const because = request.isCancelled ? 'It was cancelled before it was sent.' : link.serverGone;
  if (because === undefined) {
    link.requests.sent(request, disposition.ended);
    return disposition.text;
  }
  link.requests.close(request);
  const text = endRequest(link, request, disposition.ended, { type: 'lost', because });
  if (text !== undefined && !request.isCancelled) link.toClient.write(asLine(text));
  return undefined;
}

/** Does what was decided, and gives the text for the server where there is one. */
function settle(link: Link, request: OpenRequest, disposition: Disposition): string | undefined {
  if (disposition.type === 'forward') return forward(link, request, disposition);
  link.requests.close(request);
  if (request.isCancelled) return undefined;
  if (disposition.type === 'answer') link.toClient.write(asLine(disposition.text));
  else if (link.serverGone !== undefined) answer(link, request, CONNECTION_CLOSED, link.serverGone);
  return undefined;
}

async function judge(
  link: Link,
  message: Request,
  request: OpenRequest,
  place: Place,
  ending: string,
): Promise<void> {
  const late = setTimeout(() => place.leave(), KEEP_ORDER_MS);
  const held = (): void => {
    place.leave();
    request.isHeld = true;
    if (link.clientEnded) request.abort.abort();
  };
  const notify = (text: string): void => link.toClient.write(asLine(text));
  let disposition: Disposition;
  try {
    disposition = await link.gate.request(message, { signal: request.abort.signal, notify, held });
  } catch (err) {
    link.log.error({ err }, 'a request could not be judged');
    const text = errorResponse(message.rawId, INTERNAL_ERROR, 'The firewall could not judge this request.');
    disposition = { type: 'answer', text };
  }
  clearTimeout(late);
  const text = settle(link, request, disposition);
  place.fill(text === undefined ? undefined : lineOf(text, message, ending));
}

function onRequest(link: Link, message: Request, came: Came): void {
  const request = link.requests.open(message);
  if (typeof request === 'string') {
    link.gate.refused(request, came.bytes);
    return answer(link, message, INVALID_REQUEST, request);
  }
  void judge(link, message, request, link.outlet.take(), came.ending);
}

/** True where the request that is cancelled never reached the server, so that the server need not hear of it. */
function cancel(link: Link, { params }: Notification): boolean {
  const { requests } = link;
  const id = params?.['requestId'];
  // A client that writes its id in another type wants the call stopped all the same, and here it still can be.
  const waiting = requests.getWaiting(id);
  if (waiting !== undefined) {
    waiting.isCancelled = true;
    waiting.abort.abort();
    return true;
  }
  const request = requests.get(id);
  const forgotten = request && requests.cancelled(request);
  if (forgotten !== undefined) endRequest(link, forgotten, forgotten.ended, NEVER_ANSWERED);
  return false;
}

function onNotification(link: Link, message: Notification, came: Came): void {
  if (message.method === 'notifications/cancelled' && cancel(link, message)) return;
  if (link.gate.clientNotification(message) === 'forward') {
    link.outlet.push(lineOf(message.text, message, came.ending));
  }
}

function onLine(link: Link, line: Buffer): void {
  const bytes = withoutEnding(line);
  const read = readClientMessage(bytes);
  if ('refused' in read) {
    link.gate.refused(read.refused.because, bytes);
    return link.toClient.write(asLine(read.refused.answer));
  }
  const { message } = read;
  const came = { bytes, ending: line.toString('latin1', bytes.length) };
  if (message.kind === 'request') onRequest(link, message, came);
  else if (message.kind === 'notification') onNotification(link, message, came);
  else if (link.serverRequests.close(message.id))
    link.outlet.push(lineOf(message.text, message, came.ending));
  else link.gate.refused('A response to a request that the server did not make.', bytes);
}

const hasRoom = ({ toServer, toClient, outlet }: Link): boolean =>
  outlet.waitingBytes <= MAX_WAITING_BYTES &&
  toServer.room() === undefined &&
  toClient.room(MAX_UNREAD_BYTES) === undefined;

/** Waits while either side has more unread than it should: nothing is read ahead of a slow reader. */
async function room(link: Link): Promise<void> {
  while (link.outlet.waitingBytes > MAX_WAITING_BYTES) await sleep(KEEP_ORDER_MS / 10);
  await link.toServer.room();
  await link.toClient.room(MAX_UNREAD_BYTES);
}

/** Relays what the client says until it says no more. Never throws. */
export function relayFromClient(link: Link, input: Readable): Promise<void> {
  return pump(input, {
    line: (line) => onLine(link, line),
    room: () => (hasRoom(link) ? undefined : room(link)),
    tooLong() {
      link.gate.refused(TOO_LONG, Buffer.alloc(0));
      answer(link, { rawId: 'null' }, INVALID_REQUEST, TOO_LONG);
    },
  });
}
