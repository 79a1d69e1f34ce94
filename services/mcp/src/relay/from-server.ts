import {
  createLineSplitter,
  type Message,
  type Response,
  readServerMessage,
  withoutEnding,
} from '@aegis/firewall/wire';
import type { Reader } from './intake.ts';
import { answerRequest, asLine, endRequest, type Link } from './link.ts';

const NEWLINE = 0x0a;

function onResponse(link: Link, response: Response, line: Buffer): void {
  if (link.questions.answered(response)) return;
  const request = link.requests.get(response.id);
  if (request === undefined || !request.isSent) {
    return link.complain('It answers a request that nobody made, or that has its answer.');
  }
  link.requests.close(request);
  const text = endRequest(link, request, request.ended, { type: 'response', response });
  if (link.delivered.take(request.number)) return void (request.line = 0);
  answerRequest(link, request, text === undefined ? line : asLine(text));
}

function onMessage(link: Link, message: Message, line: Buffer): void {
  if (message.kind === 'response') return onResponse(link, message, line);
  if (message.kind === 'request') {
    const verdict = link.gate.serverRequest(message);
    if (verdict.type === 'answer') return link.toServer.write(asLine(verdict.text));
    link.serverRequests.openNewest(message.id);
  } else if (link.gate.serverNotification(message) === 'drop') return;
  link.toClient.write(line);
}

function onLine(link: Link, line: Buffer): void {
  const read = readServerMessage(withoutEnding(line));
  if (line.at(-1) !== NEWLINE) link.complain('The server ended in the middle of it.');
  else if ('nonsense' in read) link.complain(read.nonsense);
  else onMessage(link, read.message, line);
}

/** Relays what the server says, and drops what is no message. */
export function createFromServer(link: Link): Reader {
  const lines = createLineSplitter({
    tooLong: () => link.complain('It has more than 16 MiB.'),
    withEnding: true,
  });
  const take = (some: Iterable<Buffer>): void => {
    for (const line of some) onLine(link, line);
  };
  return {
    take: (bytes) => take(lines.split(bytes)),
    readAll: () => link.delivered.isAwaited() && link.toClient.hasRead(lines.number - 1),
    end: () => take(lines.rest()),
    room: () => link.toClient.room(),
    keptBytes: () => lines.keptBytes,
  };
}

/** The server is gone: whatever it was given has no answer any more, and what it was not given never reaches it. */
export function loseServer(link: Link, because: string): void {
  link.serverGone = because;
  link.questions.close(because);
  for (const request of link.requests.those(true)) {
    link.requests.close(request);
    const text = endRequest(link, request, request.ended, { type: 'lost', because });
    if (text !== undefined && !request.isCancelled) answerRequest(link, request, asLine(text));
  }
  for (const request of link.requests.those(false)) request.abort.abort();
}
