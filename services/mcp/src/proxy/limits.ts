/** What the proxy may use up, and how long it waits. Times in milliseconds. */
export type Limits = {
  /** How long a server may say nothing before an answer is given up. */
  readonly answerTimeoutMs: number;
  /** How long a process without work and without a listening client lives. */
  readonly idleMs: number;
  /** Processes of stdio servers at the same time. */
  readonly maxProcesses: number;
};

/** Sessions at the same time. */
export const MAX_SESSIONS = 1_000;
/** An idle session over HTTP costs little, and many clients can't begin a new one. */
export const HTTP_SESSION_IDLE_MS = 24 * 3_600_000;
/** A stream that says nothing for long is cut by what stands between. */
export const KEEP_ALIVE_MS = 15_000;
