import { MAX_IN_FLIGHT } from '@aegis/firewall/wire';
import { ProtocolError } from './hello.ts';

export type Delivered = ReturnType<typeof createDelivered>;

/** Which answers of the server the client has already, and whether its relay waits to hear how far the others are read. */
export function createDelivered() {
  const lines = new Set<number>();
  let awaited = false;
  return {
    /** Bytes of the server came: with the client's line that they answer, where the client has them; else 0. */
    came(line: number): void {
      if (line === 0) awaited = true;
      else lines.add(line);
      if (lines.size > MAX_IN_FLIGHT) throw new ProtocolError('More answers than requests.');
    },
    /** Whether the client has the answer to this line; asked once. */
    take: (line: number): boolean => lines.delete(line),
    /** Whether bytes came since this was asked that wait for our word. */
    isAwaited(): boolean {
      const was = awaited;
      awaited = false;
      return was;
    },
  };
}
