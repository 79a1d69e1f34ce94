import type { Readable } from 'node:stream';
import { type Message, type Response, readServerMessage, withoutEnding } from '@aegis/firewall/wire';
import { createComplaints } from './complaints.ts';
import { asLine, endRequest, type Link } from './link.ts';
import { pump } from './pump.ts';

const NEWLINE = 0x0a;

type Complain = (because: string) => void;

function onResponse(link: Link, response: Response, line: Buffer, complain: Complain): void {
  if (link.questions.answered(response)) return;
  const request = link.requests.get(response.id);
  if (request === undefined || !request.isSent) {
    return complain('It answers a request that nobody made, or that has its answer.');
  }
  link.requests.close(request);
  const text = endRequest(link, request, request.ended, { type: 'response', response });
  link.toClient.write(text === undefined ? line : asLine(text));
}

function onMessage(link: Link, message: Message, line: Buffer, complain: Complain): void {
  if (message.kind === 'response') return onResponse(link, message, line, complain);
  if (message.kind === 'request') link.serverRequests.openNewest(message.id);
  else if (link.gate.serverNotification(message) === 'drop') return;
  link.toClient.write(line);
}

/** Relays what the server says until it says no more, and drops what is no message. Never throws. */
export function relayFromServer(link: Link, output: Readable): Promise<void> {
  const complain = createComplaints(link.log);
  return pump(output, {
    tooLong: () => complain('It has more than 16 MiB.'),
    room: () => link.toClient.room(),
    line(line) {
      const read = readServerMessage(withoutEnding(line));
      if (line.at(-1) !== NEWLINE) complain('The server ended in the middle of it.');
      else if ('nonsense' in read) complain(read.nonsense);
      else onMessage(link, read.message, line, complain);
    },
  });
}

/** The server is gone: whatever it was given has no answer any more, and what it was not given never reaches it. */
export function loseServer(link: Link, because: string): void {
  link.serverGone = because;
  link.questions.close(because);
  for (const request of link.requests.those(true)) {
    link.requests.close(request);
    const text = endRequest(link, request, request.ended, { type: 'lost', because });
    if (text !== undefined && !request.isCancelled) link.toClient.write(asLine(text));
  }
  for (const request of link.requests.those(false)) request.abort.abort();
}
