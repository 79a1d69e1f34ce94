import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Lets a server close in time. Node's own close waits for two kinds of connections: those that a browser opened ahead and
 * never used, which end at once here, and those that never finish, which end when `graceMs` are over.
 *
 * @returns what to call when the closing begins
 */
export function createIntakeStop(server: Server, graceMs: number): () => void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => server.closeAllConnections(), graceMs).unref();
  };
}
