import type { IncomingMessage } from 'node:http';

/** In so many milliseconds a server may send so many pieces, and one more for so many bytes. */
const WITHIN_MS = 10_000;
const MOST_PIECES = 2_000;
const BYTES_A_PIECE = 32;

/** As part of a sentence. */
export const SMALL_PIECES = 'it sent its answer in too many small pieces';

/**
 * Ends an answer whose chunks are a few bytes each, without end: each costs as much as a large one, when it is parsed, before
 * anybody reads it at their turn.
 */
export function limitPieces(reply: IncomingMessage, error: (because: string) => Error): void {
  const push = reply.push.bind(reply);
  let [since, pieces, bytes] = [Date.now(), 0, 0];
  reply.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    if (reply.destroyed) return false;
    pieces++;
    bytes += chunk?.length ?? 0;
    if (pieces <= MOST_PIECES + bytes / BYTES_A_PIECE) return push(chunk, encoding);
    const now = Date.now();
    if (now - since < WITHIN_MS) {
      reply.destroy(error(SMALL_PIECES));
      return false;
    }
    [since, pieces, bytes] = [now, 0, 0];
    return push(chunk, encoding);
  };
}
