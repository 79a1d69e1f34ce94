import { AppError } from '@aegis/kit/errors';
import type { Logger } from '@aegis/kit/logger';
import type { Link } from './link.ts';

const NO_ROOM = 'The event log takes no more batches: too many were begun and not ended.';
const NO_ROOM_FOR_MS = 30_000;
const LATE = 'The event log did not confirm in time: its NATS server is slow, or the disk there is full.';

/** The log takes nothing: its server does not answer, or can't store. */
export class NotStored extends AppError {
  constructor(sentence: string, options?: { cause?: unknown }) {
    super('storage_unavailable', sentence, options);
  }
}

/** Nothing of the batch is stored. */
export class NoRoom extends AppError {
  constructor(cause: unknown) {
    super('storage_unavailable', NO_ROOM, { cause });
  }
}

/** Whether the log takes what is written, as far as that is known here. */
export type Storage = ReturnType<typeof createStorage>;

/**
 * `known`: why nothing can be stored, from whoever looks at the server's disk. A server whose disk was full for a moment
 * answers no write from then on, and says of its stream that all is well.
 */
export function createStorage(
  link: Pick<Link, 'onUp'>,
  log: Pick<Logger, 'error'>,
  known: () => string | undefined = () => undefined,
) {
  let lost: string | undefined;
  let noRoomAtMs = Number.NEGATIVE_INFINITY;
  const isCrowded = () => performance.now() - noRoomAtMs < NO_ROOM_FOR_MS;
  const hasRoom = (): void => void (noRoomAtMs = Number.NEGATIVE_INFINITY);
  // Another server, or the same one started anew: what was so before says nothing of it.
  link.onUp(() => {
    lost = undefined;
    hasRoom();
  });
  return {
    /**
     * A sentence from a write that was not stored to the next one that is, and for half a minute after others held all
     * batches that the server takes at a time.
     */
    get problem(): string | undefined {
      return known() ?? lost ?? (isCrowded() ? NO_ROOM : undefined);
    },
    /** A batch was stored. */
    hasRoom,
    /** A batch was not taken. */
    hasNoRoom(err: NoRoom): void {
      if (!isCrowded()) log.error({ err }, NO_ROOM);
      noRoomAtMs = performance.now();
    },
    /** What is said of a write that nobody confirmed. */
    late: (): NotStored => new NotStored(known() ?? LATE),
    /** Writes, and remembers whether that went well. @throws NotStored at once where it is known that nothing is stored */
    async watched<T>(write: () => Promise<T>): Promise<T> {
      const why = known();
      if (why !== undefined) throw new NotStored(why);
      try {
        const written = await write();
        lost = undefined;
        return written;
      } catch (thrown) {
        if (thrown instanceof NotStored) lost = thrown.message;
        throw thrown;
      }
    },
  };
}
