import type { ClientInfo } from '@aegis/contracts/call';
import type { Definition } from '@aegis/replicas/tools';
import type { Notification, Request, Response } from '../wire/message.ts';

/** What an HTTP server said besides words; a client learns of it where it gets no HTTP status. */
export type HttpSaid = { readonly http_status: number; readonly retry_after?: string };

/**
 * How the upstream's part of a request ended: it answered, or it never will. `isUnsent`: it can't have had the request;
 * `isRefused`: it had it, and its status says that nothing was done with it.
 */
export type UpstreamEnd =
  | { readonly type: 'response'; readonly response: Response }
  | {
      readonly type: 'lost';
      readonly because: string;
      readonly isUnsent?: boolean;
      readonly isRefused?: boolean;
      readonly http?: HttpSaid | undefined;
    };

/**
 * What becomes of a client's request. `forward`: `text` goes to the upstream, and `ended`, where there is one, must be
 * told once how it ended; it gives the response that the client gets (without one the upstream's own passes untouched).
 * `answer`: the client gets this response and the upstream sees nothing; `isMalformed` where the request is none.
 * `nothing`: it was cancelled; nobody gets anything.
 */
export type Disposition =
  | {
      readonly type: 'forward';
      readonly text: string;
      readonly ended?: (end: UpstreamEnd) => string | undefined;
      /** `ended` leaves a complete answer as it is: the client may have that before `ended` is told. */
      readonly passes?: boolean;
    }
  | { readonly type: 'answer'; readonly text: string; readonly isMalformed?: true }
  | { readonly type: 'nothing' };

/** What a transport offers while a request is being judgement. */
export type Circumstances = {
  /** Aborted when the client cancels the request or its connection ends. */
  readonly signal: AbortSignal;
  /** Sends a notification to the client beside the answer, such as progress while a call is held. */
  readonly notify: (text: string) => void;
  /** Told once where the request waits for a person: what came after it need not wait with it. */
  readonly held: () => void;
  /**
   * Why what the transport says beside a call is not what the call says, where it is so. Asked before a call goes further,
   * with its tool's definition where there is one.
   */
  readonly disagrees?: (
    definition: Definition | undefined,
    args: Readonly<Record<string, unknown>> | undefined,
  ) => { readonly code: number; readonly message: string } | undefined;
};

/**
 * Asks the upstream on the firewall's own behalf, under an id of its own; the client never sees it. Gives the result.
 * Rejects where there is none: with an error whose `code` is the JSON-RPC error's where the upstream answered with one.
 */
export type AskUpstream = (
  method: string,
  params: Record<string, unknown>,
  signal: AbortSignal,
) => Promise<unknown>;

/** How arguments and results are kept in the record: not at all, their digest, without secrets, whole. */
export const RECORD_MODES = ['none', 'digest', 'redacted', 'full'] as const;
export type RecordMode = (typeof RECORD_MODES)[number];

export type GateOptions = {
  /** The server's name: rules see `<server>.<tool>`. */
  readonly server: string;
  readonly principal: string;
  readonly via: 'wrap' | 'proxy';
  readonly record: RecordMode;
  /** How long a call is held for a person, in milliseconds. */
  readonly holdMs: number;
  /** Lists tools that could only be denied, marked. */
  readonly showDenied: boolean;
  /** False: an allowed call is sent while its record is still on the way. Faster, and a crash can lose the record. */
  readonly waitForRecord: boolean;
  /** Absolute folders that relative paths may be meant from to the server. */
  readonly folders: readonly string[];
  readonly askUpstream: AskUpstream;
};

/** Judges what one client says to one server, over whatever transport. */
export type Gate = {
  /** Judges a request. Never throws and never rejects: what goes wrong is an answer. */
  request(request: Request, circumstances: Circumstances): Promise<Disposition>;
  /** A client's notification: whether it may pass. A call without an id may not. */
  clientNotification(notification: Notification): 'forward' | 'drop';
  /** A client's answer to what the server asked: the text for the server, an error in its place where it reaches our own. */
  clientResponse(response: Response): string;
  /** What a server asks of the client: why it goes no further, as the text of the answer that the server gets. */
  serverRequest(
    request: Request,
  ): { readonly type: 'forward' } | { readonly type: 'answer'; readonly text: string };
  /** A server's notification: the gate learns of changed lists; progress that does not rise is dropped. */
  serverNotification(notification: Notification): 'forward' | 'drop';
  /** Records a client's message that was refused before it came here. */
  refused(because: string, message: Uint8Array): void;
  /** The client's own word about itself, once it has said it. */
  client(): ClientInfo | undefined;
  /** Ends what is held; calls under way are recorded as unknown. */
  close(): Promise<void>;
};
