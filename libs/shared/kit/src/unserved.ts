import type { Server } from 'node:http';

/**
 * Refuses what Node hangs up on or answers by itself where nobody listens for it, a tunnel and an unknown expectation, and
 * tells of it: what is refused has to be on record.
 */
export function refuseUnserved(
  server: Server,
  refused: (kind: string, source: string | undefined) => void,
): void {
  server.on('connect', ({ socket: { remoteAddress } }, stream) => {
    refused('http_405', remoteAddress);
    stream.on('error', () => undefined);
    stream.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n', () => stream.destroy());
  });
  server.on('checkExpectation', ({ socket: { remoteAddress } }, response) => {
    refused('http_417', remoteAddress);
    response.writeHead(417, { connection: 'close' }).end();
  });
}
