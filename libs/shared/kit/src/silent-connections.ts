import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** So many connections of a server that ask nothing may be open at once. */
const MOST = 1_024;

/**
 * Keeps a server, and what stands before it, from being full of connections that ask nothing: beyond `most` of those each
 * new one has the oldest closed of whoever has the most. One asks once its request is whole, until it is answered. Called
 * before `serveBehindProxies`.
 */
export function closeSilentConnections(server: Server, most = MOST): void {
  /** Of each address, the longest silent first. */
  const open = new Map<string, Set<Socket>>();
  const asked = new WeakMap<Socket, IncomingMessage>();
  let count = 0;

  const isSilent = (socket: Socket): boolean => asked.get(socket)?.complete !== true;
  const closeOne = (): void => {
    const silent = [...open.values()].map((sockets) => [...sockets].filter(isSilent));
    if (silent.flat().length > most) silent.toSorted((a, b) => b.length - a.length)[0]?.[0]?.destroy();
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
