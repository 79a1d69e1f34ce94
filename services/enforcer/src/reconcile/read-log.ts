import type { Bus, Followed, Follower, Skipped } from '@aegis/bus';
import { traceIdOf } from '@aegis/contracts/envelope';
import { readEvent } from '@aegis/contracts/read-event';
import { CALLS_LOG, enforceLog } from '@aegis/contracts/subjects';
import type { OpenCall } from './open-calls.ts';

const DECIDED = 'aegis.decision.enforced.v1';

/** The dispatch in a stored decision, or undefined where it has none or can't be read. */
export function toOpenCall(message: Followed): OpenCall | undefined {
  const { event } = message;
  if (event?.data['dispatch'] === undefined) return undefined;
  const { dispatch, outcome, call } = readEvent(message, DECIDED)?.data ?? {};
  if (dispatch === undefined || call === undefined || outcome !== 'allowed') return undefined;
  const { call_id, instance, server } = dispatch;
  const { tool, principal } = call;
  return { call_id, decision_id: event.id, instance, server, tool, principal, trace_id: traceIdOf(event) };
}

const ENDS = ['aegis.call.succeeded.v1', 'aegis.call.failed.v1', 'aegis.call.outcome_unknown.v1'] as const;

/** The call that this event ends, or undefined: messages that passed or were refused were never decided. */
export const toEnded = (message: Followed): string | undefined => readEvent(message, ...ENDS)?.data.call_id;

/** So many open calls may be ones whose end the other reader has not come to. */
const MANY = 10_000;
const WAIT_AT_MOST_MS = 1_000;

export type LogReaders = { readonly ends: Follower; stop(): Promise<void> };

/** Reads the decisions that were dispatches and the ends of calls, from the first on, neither far ahead in memory. */
export async function readLog(
  bus: Bus,
  onStart: (call: OpenCall) => void,
  onEnd: (callId: string) => void,
  openCount: () => number,
  many = MANY,
  skipped?: Pick<Skipped, 'add'>,
): Promise<LogReaders> {
  let pauseAt = many;
  const ends = await bus.follow({
    filter: CALLS_LOG,
    fromSeq: 1,
    apply(message) {
      const callId = toEnded(message);
      if (callId !== undefined) onEnd(callId);
      else if (!readEvent(message)) skipped?.add(message);
    },
  });
  const letEndsCatchUp = async (): Promise<void> => {
    await ends.caughtUp(Date.now() + WAIT_AT_MOST_MS);
    pauseAt = Math.max(many, openCount() * 2);
  };
  const starts = await bus.follow({
    filter: enforceLog('allowed'),
    fromSeq: 1,
    apply(message) {
      const call = toOpenCall(message);
      if (call) onStart(call);
      else if (message.event?.type !== DECIDED) skipped?.add(message);
      return openCount() > pauseAt ? letEndsCatchUp() : undefined;
    },
  });
  return {
    ends,
    async stop() {
      await Promise.all([starts.stop(), ends.stop()]);
    },
  };
}
