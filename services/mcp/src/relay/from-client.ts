import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposition, UpstreamEnd } from '@aegis/firewall/gate';
import {
  createLineSplitter,
  errorResponse,
  type Id,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  type Message,
  type Notification,
  type Request,
  readClientMessage,
  withoutEnding,
} from '@aegis/firewall/wire';
import type { OpenRequest } from './client-requests.ts';
import type { Reader } from './intake.ts';
import { answerRequest, asLine, CONNECTION_CLOSED, dropRequest, endRequest, type Link } from './link.ts';
import type { Place } from './ordered-outlet.ts';

/** What comes after a request waits for its decision this long, in milliseconds. */
const KEEP_ORDER_MS = 100;
/** Bytes of messages that are ready and wait for a decision on one before them. */
const MAX_WAITING_BYTES = 1_048_576;

const NEVER_ANSWERED: UpstreamEnd = {
  type: 'lost',
  because: 'It was cancelled, and the server did not answer.',
};
const TOO_LONG = 'A message may have at most 16 MiB.';

/** A message as it came: its bytes, how its line ended, and which line of the client it is. */
type Came = { readonly bytes: Buffer; readonly ending: string; readonly number: number };

const lineOf = (text: string, message: Message, ending: string): Buffer =>
  Buffer.from(text === message.text ? text + ending : asLine(text));

const errorLine = (rawId: string, code: number, sentence: string): string =>
  asLine(errorResponse(rawId, code, sentence));

/** The text for the server; undefined where it is too late for that, which the record and the client are told. */
function forward(
  link: Link,
  request: OpenRequest,
  disposition: Disposition & { type: 'forward' },
): string | undefined {
  const isUnwanted = request.isCancelled || request.abort.signal.aborted;
  const because = isUnwanted ? 'It was cancelled before it was sent.' : link.serverGone;
  if (because === undefined) {
    link.requests.sent(request, disposition.ended);
    if (disposition.passes ?? disposition.ended === undefined)
      link.toClient.passes(request.rawId, request.number);
    return disposition.text;
  }
  link.requests.close(request);
  const text = endRequest(link, request, disposition.ended, { type: 'lost', because });
  if (text !== undefined && !request.isCancelled) answerRequest(link, request, asLine(text));
  return undefined;
}

/** Does what was decided, and gives the text for the server where there is one. */
function settle(link: Link, request: OpenRequest, disposition: Disposition): string | undefined {
  if (disposition.type === 'forward') return forward(link, request, disposition);
  link.requests.close(request);
  if (request.isCancelled) return undefined;
  if (disposition.type === 'answer') answerRequest(link, request, asLine(disposition.text));
  else if (link.serverGone === undefined) dropRequest(link, request);
  else answerRequest(link, request, errorLine(request.rawId, CONNECTION_CLOSED, link.serverGone));
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
  const request = link.requests.open(message, came.number);
  if (typeof request === 'string') {
    link.gate.refused(request, came.bytes);
    return link.toClient.write(errorLine(message.rawId, INVALID_REQUEST, request), came.number);
  }
  void judge(link, message, request, link.outlet.take(), came.ending);
}

/** True where the request that is cancelled never reached the server, so that the server need not hear of it. */
function cancel(link: Link, { params }: Notification): boolean {
  const { requests } = link;
  const id = params?.['requestId'];
  // A client that writes its id in another type wants the call stopped all the same, and here it still can be.
  const waiting = requests.find(id as Id, false);
  if (waiting !== undefined) {
    waiting.isCancelled = true;
    dropRequest(link, waiting);
    waiting.abort.abort();
    return true;
  }
  const request = requests.get(id);
  if (request === undefined) return false;
  const forgotten = requests.cancelled(request);
  dropRequest(link, request);
  if (forgotten !== undefined) endRequest(link, forgotten, forgotten.ended, NEVER_ANSWERED);
  return false;
}

function onNotification(link: Link, message: Notification, came: Came): void {
  link.toClient.done(came.number);
  if (message.method === 'notifications/cancelled' && cancel(link, message)) return;
  if (link.gate.clientNotification(message) === 'forward') {
    link.outlet.push(lineOf(message.text, message, came.ending));
  }
}

function onResponse(link: Link, message: Message & { kind: 'response' }, came: Came): void {
  link.toClient.done(came.number);
  if (link.serverRequests.close(message.id))
    link.outlet.push(lineOf(link.gate.clientResponse(message), message, came.ending));
  else link.gate.refused('A response to a request that the server did not make.', came.bytes);
}

function onLine(link: Link, line: Buffer, number: number): void {
  const bytes = withoutEnding(line);
  const read = readClientMessage(bytes);
  if ('refused' in read) {
    link.gate.refused(read.refused.because, bytes);
    return link.toClient.write(asLine(read.refused.answer), number);
  }
  const { message } = read;
  const came = { bytes, ending: line.toString('latin1', bytes.length), number };
  if (message.kind === 'request') onRequest(link, message, came);
  else if (message.kind === 'notification') onNotification(link, message, came);
  else onResponse(link, message, came);
}

/** Resolves once what is ready and waits for a decision before it is less again. */
async function outletRoom({ outlet }: Link): Promise<void> {
  while (outlet.waitingBytes > MAX_WAITING_BYTES) await sleep(KEEP_ORDER_MS / 10);
}

/** Relays what the client says. Nothing is taken of it while either side has more unread than it should. */
export function createFromClient(link: Link): Reader {
  const lines = createLineSplitter({
    tooLong() {
      link.gate.refused(TOO_LONG, Buffer.alloc(0));
      link.toClient.write(errorLine('null', INVALID_REQUEST, TOO_LONG), lines.number);
    },
    empty: () => link.toClient.done(lines.number),
    withEnding: true,
  });
  const take = (some: Iterable<Buffer>): void => {
    for (const line of some) onLine(link, line, lines.number);
  };
  return {
    take: (bytes) => take(lines.split(bytes)),
    end: () => take(lines.rest()),
    room: () =>
      link.outlet.waitingBytes > MAX_WAITING_BYTES
        ? outletRoom(link)
        : (link.toServer.room() ?? link.toClient.room()),
    keptBytes: () => lines.keptBytes,
  };
}
