/** A JSON-RPC id. Fractions, numbers above 2^53 and null are refused at the edge. */
export type Id = string | number;

type Params = Readonly<Record<string, unknown>> | undefined;

type Read = {
  /**
   * The message as it came, decoded; UTF-8 without a byte order mark, so encoding it again gives the same bytes. Always
   * one line: line feeds between its tokens, which only HTTP can bring, are spaces here.
   */
  readonly text: string;
  /**
   * False where its values have a double for a number that is written in another way: two messages could share a digest.
   * Only what a server says may be so, and what it asks only where that is long.
   */
  readonly hasExactNumbers: boolean;
};

/** `rawId` is the id as it was written, for the answer. */
export type Request = Read & {
  readonly kind: 'request';
  readonly id: Id;
  readonly rawId: string;
  readonly method: string;
  readonly params: Params;
};

export type Notification = Read & {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: Params;
};

export type Response = Read & {
  readonly kind: 'response';
  readonly id: Id;
  readonly rawId: string;
  /** One of the two, as JSON-RPC 2.0 has it. */
  readonly result?: unknown;
  readonly error?: unknown;
};

export type Message = Request | Notification | Response;

/** A message that goes no further: why, for the record, and what the sender is told. */
export type RefusedMessage = {
  readonly because: string;
  /** A JSON-RPC error response, as text. */
  readonly answer: string;
};
