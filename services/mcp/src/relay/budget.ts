import { ProtocolError } from './hello.ts';

/** What all relays together keep of messages that are not whole, or not decided. */
const MAX_BYTES = 512 * 1_048_576;

export type Budget = ReturnType<typeof createBudget>;

/** What one connection has of it. */
export type Share = {
  /** It keeps so many bytes now. @throws where there is not so much left */
  keep(bytes: number): void;
};

const tooMuchInRelays = (): Error => new ProtocolError('Too much waits in all relays.');

/**
 * Memory that several connections share, so that many of them can't have more than one process has. `tooMuch`: what is
 * thrown to who would keep more than is left.
 */
export function createBudget(maxBytes: number = MAX_BYTES, tooMuch: () => Error = tooMuchInRelays) {
  let used = 0;
  return {
    /** False where there is not so much left; then nothing is taken. */
    take(bytes: number): boolean {
      if (used + bytes > maxBytes) return false;
      used += bytes;
      return true;
    },
    give(bytes: number): void {
      used -= bytes;
    },
    share(): Share {
      let kept = 0;
      return {
        keep(bytes) {
          if (used + bytes - kept > maxBytes && bytes > kept) throw tooMuch();
          used += bytes - kept;
          kept = bytes;
        },
      };
    },
  };
}
