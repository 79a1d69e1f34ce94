import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AskUpstream, type Gate, UpstreamQuestions } from '@aegis/firewall/gate';
import type { Logger } from '@aegis/kit/logger';
import { relayFromClient } from './from-client.ts';
import { loseServer, relayFromServer } from './from-server.ts';
import { asLine, createLink, type Link } from './link.ts';
import {
  type Exit,
  isExit,
  type ServerCommand,
  type ServerProcess,
  sentenceOf,
  startServer,
} from './server-process.ts';
import { createSink } from './sink.ts';

export type { Exit };

/** How long the end may take, in milliseconds. */
export type Patience = {
  /** For the answers that are still to come when the client says no more. */
  readonly answersMs: number;
  /** Until a server that ignores the end of its input gets SIGTERM, and until it gets SIGKILL. */
  readonly termMs: number;
  readonly killMs: number;
};

const PATIENCE: Patience = { answersMs: 30_000, termMs: 5_000, killMs: 10_000 };
/** A process that the server left behind may keep its output open; this long nobody says anything any more. */
const SILENCE_MS = 500;
/** What a judgement that nobody waits for any more may still take. */
const SETTLE_MS = 2_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type WrapOptions = ServerCommand & {
  /** Makes the gate. Nothing is forwarded before it is there; the server starts meanwhile. */
  readonly gateOf: (askUpstream: AskUpstream) => Gate | Promise<Gate>;
  readonly input: Readable;
  readonly output: Writable;
  readonly log: Logger;
  /** Whether a Ctrl-C reaches the server by itself, because all are at one terminal. */
  readonly isTerminal?: boolean;
  readonly patience?: Patience;
};

/** Signals to this process are the server's to answer; its end ends this process too. */
function passSignals(server: ServerProcess, isTerminal: boolean): () => void {
  const pass = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' || !isTerminal) server.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  return () => {
    for (const signal of SIGNALS) process.off(signal, pass);
  };
}

/** Resolves after some time, at once where the server ends before. */
const patiently = (ms: number, over: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal: over }).catch(() => undefined);

/** The client says no more: finishes what is under way, then asks the server to end, ever more firmly. */
async function finish(
  link: Link,
  server: ServerProcess,
  patience: Patience,
  over: AbortSignal,
): Promise<void> {
  link.clientEnded = true;
  for (const request of link.requests.those(false)) if (request.isHeld) request.abort.abort();
  // A client that hangs up wants nothing more to run; one that only says no more still gets its answers.
  await Promise.race([link.requests.settled(), link.toClient.closed, patiently(patience.answersMs, over)]);
  for (const request of link.requests.those(false)) request.abort.abort();
  await Promise.race([link.requests.settled(), patiently(SETTLE_MS, over)]);
  link.toServer.end();
  await Promise.race([
    link.requests.settled(true),
    link.toClient.closed,
    patiently(patience.answersMs, over),
  ]);
  await patiently(patience.termMs, over);
  if (!over.aborted) server.kill('SIGTERM');
  await patiently(patience.killMs - patience.termMs, over);
  if (!over.aborted) server.kill('SIGKILL');
}

/** Ends a server that nobody talked to. */
async function endServer(server: ServerProcess, { termMs }: Patience): Promise<void> {
  server.input.end();
  server.kill('SIGTERM');
  if ((await Promise.race([server.exited, sleep(termMs, undefined, { ref: false })])) === undefined)
    server.kill('SIGKILL');
  await server.exited;
}

/** Reads what an ended server still said. */
async function readOn(server: ServerProcess, link: Link, relayed: Promise<void>): Promise<void> {
  const isOver = relayed.then(() => true);
  let before = -1;
  while (!(await Promise.race([isOver, sleep(SILENCE_MS, false)]))) {
    if (server.bytesRead() === before && link.toClient.waitingBytes === 0) server.output.destroy();
    before = server.bytesRead();
  }
}

async function relay(link: Link, server: ServerProcess, options: WrapOptions): Promise<Exit> {
  const { input, patience = PATIENCE } = options;
  const over = new AbortController();
  void link.toClient.closed.then(() => input.destroy());
  const relayed = relayFromServer(link, server.output);
  void relayFromClient(link, input).then(() => finish(link, server, patience, over.signal));
  const exit = await server.exited;
  over.abort();
  await readOn(server, link, relayed);
  loseServer(link, sentenceOf(exit));
  await Promise.race([link.requests.settled(), sleep(SETTLE_MS, undefined, { ref: false })]);
  await link.gate.close();
  await link.toClient.flush();
  input.destroy();
  return exit;
}

/** Settles only where the server could not be started: nobody need wait for a firewall then. */
async function neverStarted(server: ServerProcess): Promise<Exit & { type: 'not_started' }> {
  const exit = await server.exited;
  return exit.type === 'not_started' ? exit : new Promise(() => undefined);
}

/**
 * Runs an MCP server as a child with a firewall between it and the client at `input` and `output`. What is not judged
 * passes byte for byte. Resolves when the server has ended, however it did.
 *
 * @throws whatever `gateOf` fails with; the server is ended then
 */
export async function runWrap(options: WrapOptions): Promise<Exit> {
  const server = startServer(options);
  if (isExit(server)) return server;
  const letGo = passSignals(server, options.isTerminal ?? false);
  try {
    const toServer = createSink(server.input);
    const toClient = createSink(options.output);
    const questions = new UpstreamQuestions((text) => toServer.write(asLine(text)));
    const gate = await Promise.race([options.gateOf(questions.ask), neverStarted(server)]);
    if (isExit(gate)) return gate;
    return await relay(
      createLink({ gate, toServer, toClient, questions, log: options.log }),
      server,
      options,
    );
  } catch (error) {
    await endServer(server, options.patience ?? PATIENCE);
    throw error;
  } finally {
    letGo();
  }
}
