import type { RecordMode } from '../gate/api.ts';

/** A server that is a command: it speaks JSON-RPC lines over its stdin and stdout. */
export type StdioUpstream = {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
};

/** A server that is reached over Streamable HTTP. */
export type HttpUpstream = {
  readonly kind: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type Upstream = StdioUpstream | HttpUpstream;

/** One server behind the firewall, as the operator described it; `${NAME}` is not filled in yet. */
export type ServerEntry<U extends Upstream = Upstream> = {
  readonly name: string;
  readonly upstream: U;
  readonly record: RecordMode;
  /** How long a call is held for a person, in milliseconds. */
  readonly holdMs: number;
  readonly showDenied: boolean;
};
