import { unreadable } from '@aegis/firewall/gate';
import { answerTo, createServerLines, type Id, type Message, type Response } from '@aegis/firewall/wire';
import type { OpenRequest } from './client-requests.ts';
import type { Reader } from './intake.ts';
import { answerRequest, asLine, endRequest, type Link } from './link.ts';

/** A request has no answer any more: the record and the client are told why, unless the client wants none. */
function loseRequest(link: Link, request: OpenRequest, because: string): void {
  link.requests.close(request);
  const text = endRequest(link, request, request.ended, { type: 'lost', because });
  if (link.delivered.take(request.number)) request.line = 0;
  else if (text !== undefined && !request.isCancelled) answerRequest(link, request, asLine(text));
}

function onResponse(link: Link, came: Response, line: Buffer | undefined): void {
  if (link.questions.answered(came)) return;
  const request = link.requests.find(came.id, true);
  if (request === undefined) {
    return link.complain('It answers a request that nobody made, or that has its answer.');
  }
  link.requests.close(request);
  const response = answerTo(came, request);
  const text = endRequest(link, request, request.ended, { type: 'response', response });
  if (link.delivered.take(request.number)) return void (request.line = 0);
  const isAsItCame = text === undefined && response === came && line !== undefined;
  answerRequest(link, request, isAsItCame ? line : asLine(text ?? response.text));
}

function onMessage(link: Link, message: Message, line: Buffer | undefined): void {
  if (message.kind === 'response') return onResponse(link, message, line);
  if (message.kind === 'request') {
    const verdict = link.gate.serverRequest(message);
    if (verdict.type === 'answer') return link.toServer.write(asLine(verdict.text));
    link.serverRequests.openNewest(message.id);
  } else if (link.gate.serverNotification(message) === 'drop') return;
  link.toClient.write(line ?? asLine(message.text));
}

/** What can't be read is no answer, and a request that it was meant to answer gets no other. */
function onNonsense(link: Link, nonsense: string, answers: Id | undefined): void {
  link.complain(nonsense);
  if (answers === undefined || link.questions.unreadable(answers, nonsense)) return;
  const request = link.requests.find(answers, true);
  if (request !== undefined) loseRequest(link, request, unreadable(nonsense));
}

/** Relays what the server says, and drops what is no message. */
export function createFromServer(link: Link): Reader {
  const lines = createServerLines((word, line) => {
    if ('nonsense' in word) onNonsense(link, word.nonsense, word.answers);
    else onMessage(link, word.message, line);
  });
  return {
    take: (bytes) => lines.take(bytes),
    readAll: () => link.delivered.isAwaited() && link.toClient.hasRead(lines.lines),
    end: () => lines.end(),
    room: () => link.toClient.room(),
    keptBytes: () => lines.keptBytes,
  };
}

/** The server is gone: whatever it was given has no answer any more, and what it was not given never reaches it. */
export function loseServer(link: Link, because: string): void {
  link.serverGone = because;
  link.questions.close(because);
  for (const request of link.requests.those(true)) loseRequest(link, request, because);
  for (const request of link.requests.those(false)) request.abort.abort();
}
