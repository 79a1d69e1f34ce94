import type { Call } from '../questions.ts';

/** A server that answers whether a call is allowed. */
export type Target = {
  name: string;
  url: string;
  /** The request's body, as JSON. */
  body: (call: Call) => string;
  /** In the reply's text exactly where the call is allowed. */
  allowedMark: string;
};

/** What was started for one or more targets. */
export type Running = {
  targets: Target[];
  /** Versions of what answers, for the report. */
  versions: Record<string, string>;
  stop(): Promise<void>;
};
