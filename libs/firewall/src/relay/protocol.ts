/** What a relay and the firewall speak after the HTTP upgrade, and its version. */
export const RELAY_PROTOCOL = 'aegis-relay/1';
/** Where a relay asks for it. */
export const RELAY_PATH = '/relay';

/** The first frame of a relay. `wrap`: an MCP server stands behind the relay; `tools`: the firewall's own tools answer. */
export type Hello = {
  readonly mode: 'wrap' | 'tools';
  /** The server's name, as rules see it; needed for `wrap`. */
  readonly server?: string;
  readonly hold_ms?: number;
  readonly record?: 'none' | 'digest' | 'redacted' | 'full';
  readonly show_denied?: boolean;
  readonly record_in_background?: boolean;
  /** Absolute folders, 16 at most, that relative paths may be meant from to the server. */
  readonly folders?: readonly string[];
  /** The client's `initialize` line where the relay comes back: read, and neither forwarded nor answered. */
  readonly initialize?: string;
};

/** How the server behind a relay ended; one of the two is null. */
export type ServerEnd = { readonly code: number | null; readonly signal: string | null };

/** The firewall goes no further with this relay: a sentence for stderr, and what the relay ends with. */
export type Fatal = { readonly detail: string; readonly exit_code: number };

/** Frames of a relay. */
export const FROM_RELAY = {
  /** {@link Hello}, once and first. */
  hello: 'H',
  /** Bytes of the client's stdin. */
  client: 'C',
  /**
   * Bytes of the server's stdout. With n > 0 they are one line, which answers the client's line n: the client has it
   * already, as {@link FROM_FIREWALL.passes} allows.
   */
  server: 'S',
  /** The client says no more. With n = 1 it reads no more either. */
  clientEnded: 'E',
  /** {@link ServerEnd}: nothing comes of the server any more. */
  serverEnded: 'X',
} as const;

/** Frames of the firewall. */
export const FROM_FIREWALL = {
  /** The gate is there. */
  ready: 'R',
  /** Bytes for the client. n is the number of the client's line that they answer; 0 for none, and before the last piece. */
  client: 'c',
  /** Line n needs nothing more. */
  done: 'd',
  /**
   * A plain and complete answer to the client's line n may go to the client at once: before the request is sent on. The
   * payload is the id that it has to have, as JSON.
   */
  passes: 'p',
  /** So many lines of the server were read, whatever became of them. */
  read: 'a',
  /** Bytes for the server's stdin. */
  server: 's',
  /** The server's stdin ends. */
  endServer: 'e',
  /** A line for stderr. */
  log: 'l',
  /** {@link Fatal}. */
  fatal: 'f',
} as const;

/** n more bytes of the stream whose letter is the payload may be sent; both ways. */
export const WINDOW_FRAME = 'w';
