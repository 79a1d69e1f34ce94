/** A call that was let through and whose end is not on record yet. */
export type OpenCall = {
  readonly call_id: string;
  readonly decision_id: string;
  readonly instance: string;
  readonly server: string;
  readonly tool: string;
  readonly principal: string;
  readonly trace_id?: string | undefined;
};

/**
 * Ends that came before their start and are remembered. One that is dropped costs a question and a write that the log
 * refuses.
 */
const MOST_EARLY_ENDS = 10_000;

/** Calls by their id, from two readers of the log of which either may be ahead. Times are in milliseconds of one clock. */
export function createOpenCalls() {
  const open = new Map<string, { call: OpenCall; sinceMs: number }>();
  const earlyEnds = new Set<string>();
  return {
    get size(): number {
      return open.size;
    },
    started(call: OpenCall, nowMs: number): void {
      if (!earlyEnds.delete(call.call_id)) open.set(call.call_id, { call, sinceMs: nowMs });
    },
    ended(callId: string): void {
      if (open.delete(callId)) return;
      earlyEnds.add(callId);
      if (earlyEnds.size <= MOST_EARLY_ENDS) return;
      const [oldest] = earlyEnds;
      if (oldest !== undefined) earlyEnds.delete(oldest);
    },
    forget: (callId: string): void => void open.delete(callId),
    /** The runs of the firewall with a call that is open since before then, each once. */
    instances(openBeforeMs: number): string[] {
      const found = new Set<string>();
      for (const { call, sinceMs } of open.values()) if (sinceMs < openBeforeMs) found.add(call.instance);
      return [...found];
    },
    /** The open calls of one run. */
    of: (instance: string): OpenCall[] =>
      [...open.values()].map(({ call }) => call).filter((call) => call.instance === instance),
  };
}
