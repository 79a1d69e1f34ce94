import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** So many connections of a server are open at once before those that ask nothing make room. */
const MOST = 1_024;

/**
 * Keeps a server, and what stands before it, from being full of connections that ask nothing: beyond `most` each new one has
 * the oldest closed whose request is not whole, of whoever has the most. Called before `serveBehindProxies`.
 */
export function closeSilentConnections(server: Server, most = MOST): void {
  /** Of each address, the longest silent first. */
  const open = new Map<string, Set<Socket>>();
  const asked = new WeakMap<Socket, IncomingMessage>();
  let count = 0;

  const closeOne = (): void => {
    const byMost = [...open.values()].toSorted((a, b) => b.size - a.size);
    for (const sockets of byMost) {
      const silent = [...sockets].find((socket) => asked.get(socket)?.complete !== true);
      if (silent !== undefined) return void silent.destroy();
    }
  };
  server.on('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? '';
    const sockets = open.get(from) ?? new Set();
    open.set(from, sockets.add(socket));
    count++;
    socket.once('close', () => {
      count--;
      sockets.delete(socket);
      if (sockets.size === 0 && open.get(from) === sockets) open.delete(from);
    });
    if (count > most) closeOne();
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    asked.set(socket, request);
    response.once('close', () => {
      if (asked.get(socket) === request) asked.delete(socket);
      const sockets = open.get(socket.remoteAddress ?? '');
      if (sockets?.delete(socket)) sockets.add(socket);
    });
  });
}
