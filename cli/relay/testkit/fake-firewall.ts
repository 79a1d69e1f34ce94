import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type Channel, createChannel, type Hello } from '@aegis/firewall/relay';
import { onTestFinished } from 'vitest';
import { stackOf } from '../../src/testkit/stack.ts';
import { temporaryDirectory } from '../../src/testkit/temporary-directory.ts';

/** What a test does in the firewall's place with the relay that is there. */
export type Side = {
  /** Says bytes to the client; n says which of its lines they answer. */
  readonly toClient: (bytes: string | Uint8Array, n?: number) => void;
  readonly toServer: (bytes: string | Uint8Array) => void;
  readonly channel: Channel;
};

type Judge = (line: string, n: number, side: Side) => void;

export type FakeFirewallOptions = {
  /** Takes each line of the client, its ending included; gives what the server gets, by default. */
  readonly judge?: Judge;
  /** What a relay is refused with. */
  refuses?: { status: number; detail: string };
  /** What a relay is ended with instead of being let in. */
  readonly fatal?: { detail: string; exit_code: number };
};

export type FakeFirewall = {
  readonly dataDir: string;
  readonly env: Record<string, string>;
  readonly hellos: Hello[];
  /** Lines of the client and of the server, as they came. */
  readonly clientLines: string[];
  readonly serverLines: string[];
  /** Bytes of the server that came, whole lines or not. */
  readonly serverBytes: () => number;
  /** Frames that came beside the streams, such as `E0`. */
  readonly marks: string[];
  /** The relay that is there. */
  readonly side: () => Side;
  readonly start: () => Promise<void>;
  /** As a kill -9 does it: every connection is cut. */
  readonly kill: () => Promise<void>;
};

const CREDENTIAL = 'agent-secret';

/** Cuts a stream into lines, endings included. */
function byLine(take: (line: string) => void): (bytes: Buffer) => void {
  let pieces: Buffer[] = [];
  return (bytes) => {
    let at = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
      take(Buffer.concat([...pieces, bytes.subarray(at, end + 1)]).toString());
      pieces = [];
      at = end + 1;
    }
    if (at < bytes.length) pieces.push(Buffer.from(bytes.subarray(at)));
  };
}

/** A line that is a request is answered by the server's answer to its id; all else needs nothing more. */
function passing(open: Map<unknown, number>): Judge {
  return (line, n, { toServer, channel }) => {
    const { id, method } = JSON.parse(line) as { id?: unknown; method?: string };
    toServer(line);
    if (id !== undefined && method !== undefined) open.set(id, n);
    else channel.send('d', '', n);
  };
}

/**
 * A firewall that does what a test says, on a socket in a data directory of its own. It lets all pass by default.
 */
export async function fakeFirewall(options: FakeFirewallOptions = {}): Promise<FakeFirewall> {
  const dataDir = await temporaryDirectory();
  const path = join(dataDir, 'agent.sock');
  const hellos: Hello[] = [];
  const [clientLines, serverLines, marks]: [string[], string[], string[]] = [[], [], []];
  const sockets = new Set<Duplex>();
  let serverBytes = 0;
  let side: Side | undefined;

  const accept = (socket: Duplex): void => {
    const open = new Map<unknown, number>();
    const judge = options.judge ?? passing(open);
    let n = 0;
    let isDelivered = false;
    const client = byLine((line) => {
      clientLines.push(line);
      judge(line, ++n, here);
    });
    const server = byLine((line) => {
      serverLines.push(line);
      const { id } = JSON.parse(line) as { id?: unknown };
      const of = open.get(id) ?? 0;
      open.delete(id);
      if (!isDelivered) here.toClient(line, of);
    });
    const channel = createChannel(socket, {
      incoming: ['C', 'S'],
      broken: () => socket.destroy(),
      take(type, number, payload) {
        if (type === 'H') {
          hellos.push(JSON.parse(payload.toString()) as Hello);
          if (options.fatal) channel.send('f', JSON.stringify(options.fatal));
          else channel.send('R', '{}');
        } else if (type === 'C' || type === 'S') {
          isDelivered = type === 'S' && number > 0;
          if (isDelivered) marks.push(`S${number}`);
          (type === 'C' ? client : server)(payload);
          if (type === 'S') serverBytes += payload.length;
          const reader = channel.outgoing(type === 'C' ? 's' : 'c');
          const taken = (): void => channel.taken(type, payload.length);
          void (reader.room() ?? Promise.resolve()).then(taken);
        } else {
          marks.push(`${type}${number}${payload.toString()}`);
          if (type === 'E' && hellos.at(-1)?.mode === 'wrap') channel.outgoing('s').mark('e');
          if (type === 'X' || hellos.at(-1)?.mode === 'tools') channel.end();
        }
      },
    });
    const here: Side = {
      channel,
      toClient: (bytes, of = 0) => channel.outgoing('c').write(bytes, of),
      toServer: (bytes) => channel.outgoing('s').write(bytes),
    };
    side = here;
  };

  const server = createServer((_, response) => void response.writeHead(404).end('{}'));
  server.on('upgrade', (request, socket: Duplex) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    const { authorization } = request.headers;
    const refused =
      options.refuses ??
      (authorization === `Bearer ${CREDENTIAL}` ? undefined : { status: 401, detail: 'a wrong credential' });
    if (refused !== undefined) {
      const body = JSON.stringify({ code: 'refused', detail: refused.detail });
      socket.end(
        `HTTP/1.1 ${refused.status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      return;
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: aegis-relay/1\r\n\r\n');
    accept(socket);
  });

  const start = (): Promise<void> => new Promise((listening) => server.listen(path, listening));
  const kill = async (): Promise<void> => {
    // What was said before is on its way.
    await new Promise(setImmediate);
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
    await rm(path, { force: true });
  };
  await writeFile(join(dataDir, 'agent-credential'), `${CREDENTIAL}\n`, { mode: 0o600 });
  await writeFile(
    join(dataDir, 'stack.json'),
    JSON.stringify({ ...stackOf(), agent_address: `unix:${path}` }),
    { mode: 0o600 },
  );
  await start();
  onTestFinished(() => kill().catch(() => undefined));
  return {
    dataDir,
    env: { AEGIS_DATA_DIR: dataDir, PATH: process.env['PATH'] ?? '' },
    hellos,
    clientLines,
    serverLines,
    serverBytes: () => serverBytes,
    marks,
    side() {
      if (side === undefined) throw new Error('no relay is there');
      return side;
    },
    start,
    kill,
  };
}
