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

/** Calls by their id, from two readers of the log of which either may be ahead. Times are in milliseconds of one clock. */
export type OpenCalls = {
  readonly size: number;
  started(call: OpenCall, nowMs: number): void;
  ended(callId: string): void;
  forget(callId: string): void;
  /** The runs of the firewall with a call that is open since before then, each once. */
  instances(openBeforeMs: number): string[];
  /** The open calls of one run. */
  of(instance: string): OpenCall[];
};

/**
 * Ends that came before their start and are remembered. One that is dropped costs a question and a write that the log
 * refuses.
 */
const MOST_EARLY_ENDS = 10_000;

export function createOpenCalls(): OpenCalls {
  const open = new Map<string, { call: OpenCall; sinceMs: number }>();
  const earlyEnds = new Set<string>();
  return {
    get size() {
      return open.size;
    },
    started(call, nowMs) {
      if (!earlyEnds.delete(call.call_id)) open.set(call.call_id, { call, sinceMs: nowMs });
    },
    ended(callId) {
      if (open.delete(callId)) return;
      earlyEnds.add(callId);
      if (earlyEnds.size <= MOST_EARLY_ENDS) return;
      const [oldest] = earlyEnds;
      if (oldest !== undefined) earlyEnds.delete(oldest);
    },
    forget: (callId) => void open.delete(callId),
    instances(openBeforeMs) {
      const found = new Set<string>();
      for (const { call, sinceMs } of open.values()) if (sinceMs < openBeforeMs) found.add(call.instance);
      return [...found];
    },
    of: (instance) => [...open.values()].map(({ call }) => call).filter((call) => call.instance === instance),
  };
}
