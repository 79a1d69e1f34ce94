import type { Channel } from '@aegis/firewall/relay';
import type { Logger } from '@aegis/kit/logger';
import type { Pace } from './pace.ts';

/** What a connection of a relay is, whatever it serves. */
export type Session = {
  /** Takes a frame. @throws ProtocolError where it has no place here */
  take(type: string, n: number, payload: Buffer): void;
  /** Resolves when nothing of it is under way. */
  settled(): Promise<void>;
  /** The relay is gone, or has to go: nothing that waits is sent any more. Resolves when what is under way is recorded. */
  lost(because: string): Promise<void>;
};

/** What a session says to, and how it ends. */
export type SessionLine = {
  readonly channel: Channel;
  readonly log: Logger;
  /** All was said: the connection ends once it is with the relay. */
  readonly over: () => void;
  /** The relay broke the protocol in a later turn. */
  readonly failed: (error: unknown) => void;
  readonly pace: Pace;
  /** Undefined where the relay reads what it is sent. */
  readonly room: () => Promise<void> | undefined;
  /** Bytes that were sent, and that the relay has not read. */
  readonly unreadBytes: () => number;
};
