import { setTimeout as sleep } from 'node:timers/promises';
import { type Gate, type GateOptions, UpstreamQuestions } from '@aegis/firewall/gate';
import { FROM_FIREWALL, FROM_RELAY, type ServerEnd } from '@aegis/firewall/relay';
import { readClientMessage } from '@aegis/firewall/wire';
import type { Budget } from './budget.ts';
import { createComplaints } from './complaints.ts';
import { createFromClient } from './from-client.ts';
import { createFromServer, loseServer } from './from-server.ts';
import { createClientEnd, ProtocolError, readServerEnd, type WrapHello } from './hello.ts';
import { createIntake, type Intake, type Reader } from './intake.ts';
import { asLine, createLink, type Link } from './link.ts';
import type { Session, SessionLine } from './session.ts';
import type { Turns } from './turns.ts';

/** For judgements that are still to come when the client says no more, in milliseconds. */
const ANSWERS_MS = 30_000;
/** What a judgement that nobody waits for any more may still take. */
const SETTLE_MS = 2_000;

export type WrapSessionOptions = {
  readonly line: SessionLine;
  readonly hello: WrapHello;
  readonly principal: string;
  readonly openGate: (options: GateOptions) => Gate;
  readonly budget: Budget;
  readonly turns: Turns;
  readonly answersMs?: number | undefined;
};

/** What a client is told of a server that ended. */
function sentenceOf({ code, signal }: ServerEnd): string {
  const how = signal === null ? `with exit code ${code ?? 1}` : `by signal ${signal}`;
  return `The MCP server ended ${how} before it answered.`;
}

function gateFor({ hello, principal, openGate }: WrapSessionOptions, questions: UpstreamQuestions): Gate {
  return openGate({
    server: hello.server,
    principal,
    via: 'wrap',
    record: hello.record,
    holdMs: hello.hold_ms,
    showDenied: hello.show_denied,
    waitForRecord: !hello.record_in_background,
    askUpstream: questions.ask,
    folders: hello.folders,
  });
}

function linkFor(options: WrapSessionOptions): Link {
  const { channel, log, room } = options.line;
  const toServer = channel.outgoing(FROM_FIREWALL.server);
  const client = channel.outgoing(FROM_FIREWALL.client);
  const questions = new UpstreamQuestions((text) => toServer.write(asLine(text)));
  const say = (sentence: string): void => channel.send(FROM_FIREWALL.log, `aegis: ${sentence}`);
  return createLink(
    {
      gate: gateFor(options, questions),
      toServer,
      toClient: {
        write: (bytes, line) => client.write(bytes, line),
        done: (line) => line > 0 && channel.send(FROM_FIREWALL.done, '', line),
        passes: (rawId, line) => channel.send(FROM_FIREWALL.passes, rawId, line),
        hasRead: (lines) => client.mark(FROM_FIREWALL.read, '', lines),
        room: () => client.room() ?? room(),
      },
      questions,
      log,
      complain: createComplaints(say),
    },
    options.budget,
  );
}

/** Tells the gate who the client is, where it has said so to a firewall before this one. */
function remember(link: Link, initialize: string): void {
  const read = readClientMessage(Buffer.from(initialize));
  if ('refused' in read || read.message.kind !== 'request' || read.message.method !== 'initialize') {
    throw new ProtocolError('What the relay hands in as initialize is none.');
  }
  const nobody = { signal: new AbortController().signal, notify: () => undefined, held: () => undefined };
  void link.gate.request(read.message, nobody);
}

/** Resolves after some time, at once where the session is over before. */
const patiently = (ms: number, over: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: over }).catch(() => undefined);

function abortUnsent({ requests }: Link, only: 'held' | 'all'): void {
  for (const request of requests.those(false)) if (only === 'all' || request.isHeld) request.abort.abort();
}

/** A relay with an MCP server behind it: reads both sides, judges, and says what goes where. */
export function createWrapSession(options: WrapSessionOptions): Session {
  const { line, hello, budget, turns, answersMs = ANSWERS_MS } = options;
  const { channel } = line;
  const link = linkFor(options);
  if (hello.initialize !== undefined) remember(link, hello.initialize);
  const over = new AbortController();
  const hungUp = Promise.withResolvers<void>();
  let closing: Promise<void> | undefined;

  /** What waits here counts as what all relays keep. */
  const share = budget.share();
  const readers = [createFromClient(link), createFromServer(link)] as const;
  const account = (): void => {
    if (over.signal.aborted) return;
    const waiting = channel.outgoing(FROM_FIREWALL.client).waitingBytes + link.toServer.waitingBytes;
    const unread = waiting + line.unreadBytes();
    share.keep(readers.reduce((sum, reader) => sum + reader.keptBytes(), unread + link.outlet.waitingBytes));
  };
  const intake = (letter: string, reader: Reader): Intake => {
    const counted: Reader = {
      ...reader,
      take(bytes) {
        reader.take(bytes);
        account();
      },
      room: () => reader.room()?.then(account),
    };
    const taken = (bytes: number): void => channel.taken(letter, bytes);
    return createIntake({ reader: counted, turns, pace: line.pace, taken, failed: line.failed });
  };
  const fromClient = intake(FROM_RELAY.client, readers[0]);
  const fromServer = intake(FROM_RELAY.server, readers[1]);

  const close = async (because: string): Promise<void> => {
    over.abort();
    fromClient.stop();
    fromServer.stop();
    share.keep(0);
    link.clientEnded = true;
    loseServer(link, because);
    await Promise.race([link.requests.settled(), sleep(SETTLE_MS, undefined, { ref: false })]);
    await link.gate.close();
  };
  const closeOnce = (because: string): Promise<void> => (closing ??= close(because));

  /** The client says no more: what is under way still ends, then the server is asked to end. */
  const finish = async (): Promise<void> => {
    link.clientEnded = true;
    abortUnsent(link, 'held');
    // A client that hangs up wants nothing more to run; one that only says no more still gets its answers.
    await Promise.race([link.requests.settled(), hungUp.promise, patiently(answersMs, over.signal)]);
    abortUnsent(link, 'all');
    await Promise.race([link.requests.settled(), patiently(SETTLE_MS, over.signal)]);
    channel.outgoing(FROM_FIREWALL.server).mark(FROM_FIREWALL.endServer);
  };
  /** What the client said last is nobody's wish any more. */
  const hangUp = (): void => {
    hungUp.resolve();
    fromClient.stop();
    void finish();
  };
  const serverEnded = (end: ServerEnd): void => {
    fromServer.end(() => {
      closeOnce(sentenceOf(end)).then(line.over, line.failed);
    });
  };

  const clientEnd = createClientEnd();
  let serverSays = true;
  return {
    take(type, n, payload) {
      if (type === FROM_RELAY.client && !clientEnd.hasCome) return fromClient.push(payload);
      if (type === FROM_RELAY.server && serverSays) {
        link.delivered.came(n);
        return fromServer.push(payload);
      }
      if (type === FROM_RELAY.serverEnded && serverSays) {
        serverSays = false;
        return serverEnded(readServerEnd(payload));
      }
      if (type !== FROM_RELAY.clientEnded)
        throw new ProtocolError(`A frame of type ${type} has no place here.`);
      clientEnd.take(n);
      if (n > 0) hangUp();
      else fromClient.end(() => void finish());
    },
    settled: () => link.requests.settled(true),
    lost: closeOnce,
  };
}
