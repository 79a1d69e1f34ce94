import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createChannel, FROM_FIREWALL, FROM_RELAY, WINDOW_BYTES } from '@aegis/firewall/relay';
import type { Logger } from '@aegis/kit/logger';
import { ProtocolError, type RelayHello, readHello } from './hello.ts';
import { createPace } from './pace.ts';
import type { Session, SessionLine } from './session.ts';
import type { Turns } from './turns.ts';

const HELLO_WITHIN_MS = 10_000;
/** What was said before an end that nobody asked for may take so long to be read. */
const LAST_WORDS_MS = 500;
/** Two streams have a window each; what is beyond, besides small frames, is a relay that does not read. */
const MAX_UNREAD_BYTES = 4 * WINDOW_BYTES;
const LOST = 'the connection ended before the server answered';

/** One connection of a relay. */
export type RelayConnection = {
  readonly principal: string;
  /** Resolves when nothing of it is under way. */
  settled(): Promise<void>;
  /**
   * Ends it: nothing that waits is sent any more. Resolves when what is under way is recorded. With a sentence the relay is
   * refused from now on, and says so to its client; without one it may come back at once.
   */
  end(refusal?: string): Promise<void>;
};

export type ServeRelayOptions = {
  readonly socket: Socket;
  readonly principal: string;
  readonly log: Logger;
  readonly turns: Turns;
  /** Told where the relay broke the protocol. */
  readonly broken: () => void;
  /** Begins what the relay asks for. @throws ProtocolError */
  readonly open: (hello: RelayHello, principal: string, line: SessionLine) => Session;
  /** Told once, when the connection is over. */
  readonly closed: (connection: RelayConnection) => void;
  readonly helloWithinMs?: number;
};

/** Undefined where the socket is read at the other end, else resolves once it is, or is gone. */
function roomOf(socket: Socket): Promise<void> | undefined {
  if (socket.destroyed || socket.writableLength <= MAX_UNREAD_BYTES) return undefined;
  return Promise.race([once(socket, 'drain'), once(socket, 'close')]).then(
    () => undefined,
    () => undefined,
  );
}

/** Serves a relay whose key is right, over the socket that it asked on. */
export function serveRelay(options: ServeRelayOptions): RelayConnection {
  const { socket, principal, log, turns, broken, open, closed, helloWithinMs = HELLO_WITHIN_MS } = options;
  let session: Session | undefined;
  let isOver = false;

  /** Ends the socket once all that was written is read; `cut`, where that may take only so long. */
  const over = (cut: boolean): void => {
    if (isOver) return;
    isOver = true;
    channel.end();
    if (cut) setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  };
  const lose = async (): Promise<void> => {
    await session?.lost(LOST).catch((err: unknown) => log.error({ err }, 'a relay could not be closed'));
  };
  const fail = (error: unknown): void => {
    if (isOver) return;
    const isTheirs = error instanceof ProtocolError || error instanceof RangeError;
    if (isTheirs) {
      broken();
      log.info({ because: error.message }, 'a relay broke the protocol');
    } else log.error({ err: error }, 'a relay could not be served');
    const detail = isTheirs ? error.message : 'The firewall could not go on with this connection.';
    channel.send(FROM_FIREWALL.fatal, JSON.stringify({ detail, exit_code: 1 }));
    over(true);
    void lose();
  };
  const begin = (type: string, payload: Buffer): void => {
    if (type !== FROM_RELAY.hello) throw new ProtocolError('A relay says hello first.');
    clearTimeout(late);
    const line: SessionLine = {
      channel,
      log,
      failed: fail,
      pace: createPace(),
      room: () => roomOf(socket),
      unreadBytes: () => socket.writableLength,
      over: () => void flush(),
    };
    session = open(readHello(payload), principal, line);
    channel.send(FROM_FIREWALL.ready, '{}');
  };
  /** Whoever does not read what it is sent is not read either. */
  const inTurn = (read: () => void): boolean => {
    const room = roomOf(socket);
    void room?.then(read);
    return room === undefined && turns.take(read);
  };
  const channel = createChannel(socket, {
    incoming: [FROM_RELAY.client, FROM_RELAY.server],
    take(type, n, payload) {
      if (isOver) return;
      if (session === undefined) begin(type, payload);
      else session.take(type, n, payload);
    },
    inTurn,
    broken: (error) => fail(error),
  });
  const flush = async (): Promise<void> => {
    await channel.outgoing(FROM_FIREWALL.client).room();
    over(false);
  };
  const late = setTimeout(() => fail(new ProtocolError('No hello came in time.')), helloWithinMs);
  const connection: RelayConnection = {
    principal,
    settled: async () => await session?.settled(),
    async end(refusal) {
      await lose();
      if (isOver) return;
      if (refusal !== undefined) {
        const end = { detail: refusal, exit_code: 1, refused: true };
        channel.send(FROM_FIREWALL.fatal, JSON.stringify(end));
      }
      over(true);
    },
  };
  socket.on('error', () => undefined);
  socket.once('end', () => {
    // A relay never ends its half before the firewall does: it is gone.
    void lose();
    over(true);
  });
  socket.once('close', () => {
    isOver = true;
    clearTimeout(late);
    void lose().then(() => closed(connection));
  });
  return connection;
}
