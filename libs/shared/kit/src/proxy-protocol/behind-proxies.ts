import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { readProxyHeader } from './header.ts';
import { createProxies } from './proxies.ts';

/** The kind of refusal of a proxy's connection that does not say whose it is. */
export const NO_PROXY_HEADER = 'no_proxy_header';
/** The header is sent with the connection itself. */
const HEADER_WITHIN_MS = 3_000;

/** Takes the header off a socket that nobody reads yet. @returns false where there is none in time */
function takeHeader(socket: Socket, withinMs: number): Promise<boolean> {
  return new Promise((done) => {
    let bytes = Buffer.alloc(0);
    const end = (isTaken: boolean): void => {
      clearTimeout(timer);
      socket.off('data', take).off('end', refuse).off('close', refuse).pause();
      done(isTaken);
    };
    const refuse = (): void => end(false);
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header === undefined) return;
      if (header === 'none') return refuse();
      // Before what follows goes back: a socket that flows would hand it to us again.
      end(true);
      if (bytes.length > header.bytes) socket.unshift(bytes.subarray(header.bytes));
      if (header.address !== undefined) {
        Object.defineProperty(socket, 'remoteAddress', { value: header.address });
      }
    };
    const timer = setTimeout(refuse, withinMs);
    socket.on('data', take).on('end', refuse).on('close', refuse);
  });
}

/**
 * Has a server believe these proxies, and nobody else, who is behind them: `remoteAddress` of a connection of theirs is what
 * its PROXY header says. One of theirs without the header is closed, `refused` is told whose it was. A header from anybody
 * else is read as HTTP, which it is not. Called before anything else listens for the server's connections.
 */
export function serveBehindProxies(
  server: Server,
  names: readonly string[],
  refused: (address: string) => void,
  withinMs = HEADER_WITHIN_MS,
): void {
  if (names.length === 0) return;
  const isProxy = createProxies(names);
  const serve = server.listeners('connection') as ((socket: Socket) => void)[];
  const begin = async (socket: Socket): Promise<void> => {
    const address = socket.remoteAddress ?? '';
    if ((await isProxy(address)) && !(await takeHeader(socket, withinMs))) {
      if (socket.bytesRead > 0) refused(address);
      socket.destroy();
      return;
    }
    if (socket.destroyed) return;
    socket.off('error', ignore);
    for (const listener of serve) listener.call(server, socket);
    socket.resume();
  };
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    socket.on('error', ignore);
    void begin(socket);
  });
}

/** What breaks before HTTP began concerns nobody. */
const ignore = (): void => undefined;
