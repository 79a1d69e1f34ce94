import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** In so many milliseconds so many pieces may come, and one more for so many bytes. */
const WITHIN_MS = 10_000;
const MOST_PIECES = 2_000;
const BYTES_A_PIECE = 32;

/**
 * Calls `end`, which has to end it, where a message's body comes in chunks of a few bytes each, without end: each costs as
 * much as a large one, in the parser, before anybody reads it at their turn. Called before its body is read.
 */
export function limitPieces(message: IncomingMessage, end: () => void): void {
  const push = message.push.bind(message);
  let [since, pieces, bytes] = [Date.now(), 0, 0];
  message.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    if (message.destroyed) return false;
    pieces++;
    bytes += chunk?.length ?? 0;
    if (pieces <= MOST_PIECES + bytes / BYTES_A_PIECE) return push(chunk, encoding);
    const now = Date.now();
    if (now - since < WITHIN_MS) {
      end();
      return false;
    }
    [since, pieces, bytes] = [now, 0, 0];
    return push(chunk, encoding);
  };
}

/** Hangs up on who sends such a body, and tells of it. Called before anybody listens for requests. */
export function refuseSmallPieces(
  server: Server,
  refused: (kind: string, source: string | undefined) => void = () => undefined,
): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { headers, socket } = request;
    // A body of a known length comes in pieces of what the network takes.
    if (headers['transfer-encoding'] === undefined) return;
    limitPieces(request, () => {
      refused('small_pieces', socket.remoteAddress);
      request.destroy();
    });
    // What is answered before its body was read is read all the same: Node would drop it where nobody counts.
    response.once('prefinish', () => {
      if (request.complete) return;
      request.read(0);
      request.resume();
    });
  });
}
