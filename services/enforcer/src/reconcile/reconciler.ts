import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, createSkipped, type Follower, isConflict } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { readEvent } from '@aegis/contracts/read-event';
import { callLog, runLog } from '@aegis/contracts/subjects';
import type { Logger } from '@aegis/kit/logger';
import { newTraceId } from '@aegis/kit/trace';
import { createOpenCalls, type OpenCall } from './open-calls.ts';
import { type LogReaders, readLog } from './read-log.ts';
import { createSilence } from './silence.ts';

const SLOWEST_MS = 2_500;
const QUICKEST_MS = 20;
const ANSWER_WITHIN_MS = 1_000;
const CATCH_UP_WITHIN_MS = 1_000;
const STORE_WITHIN_MS = 2_000;
const RETRY_MS = 1_000;
const FENCED = 'aegis.call.fenced.v1';

const BECAUSE =
  'The firewall that sent this call went away before it had recorded how it ended. The server may have run it. It is not sent again.';

/** The end of a call whose firewall went away. */
function toEvent({ trace_id, ...call }: OpenCall, now: Date) {
  return createEvent({
    type: 'aegis.call.outcome_unknown.v1',
    source: 'enforcer',
    subject: call.tool,
    time: now.toISOString(),
    traceId: trace_id,
    data: { ...call, because: BECAUSE },
  });
}

/**
 * From this on a run of the firewall ends no call on its own subject, so that what is there by then is all that it ended: it
 * writes there by compare-and-set on its own last word. True once this reader knows all of that, false where the run lives.
 */
async function fence(bus: Bus, ends: Follower, instance: string, now: Date): Promise<boolean> {
  const deadlineMs = Date.now() + STORE_WITHIN_MS;
  const subject = runLog(instance);
  const last = await bus.read.last(subject, deadlineMs);
  if (last && readEvent(last, FENCED)) return ends.applied(last.seq, deadlineMs);
  const data = { instance, after: last?.event?.id };
  const made = { source: 'enforcer', time: now.toISOString(), traceId: newTraceId() };
  const event = createEvent({ ...made, type: FENCED, data });
  try {
    const { seq } = await bus.append.one({ subject, event, expect: last?.seq ?? 0 }, deadlineMs);
    return await ends.applied(seq, deadlineMs);
  } catch (thrown) {
    if (isConflict(thrown)) return false;
    throw thrown;
  }
}

/**
 * Ends on record what a firewall that died left open: a call that was let through, whose end nobody recorded, and whose run
 * of the firewall has answered nobody for `graceMs`. A call ends once, so an end that was recorded meanwhile stands, and any
 * number of these may run.
 */
export function createReconciler(bus: Bus, log: Logger, now: () => Date, graceMs: number) {
  const open = createOpenCalls();
  const silence = createSilence(graceMs);
  const everyMs = Math.max(QUICKEST_MS, Math.min(graceMs / 4, SLOWEST_MS));
  const stopping = new AbortController();
  const skipped = createSkipped(log);
  let readers: LogReaders | undefined;

  const pause = (forMs: number): Promise<void> =>
    sleep(forMs, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);

  const end = async (call: OpenCall): Promise<void> => {
    const fact = { subject: callLog(call.call_id), event: toEvent(call, now()), expect: 0 };
    try {
      await bus.append.one(fact, Date.now() + STORE_WITHIN_MS);
      log.warn({ callId: call.call_id, instance: call.instance }, 'outcome of a call unknown');
    } catch (thrown) {
      // It has ended after all, or another replica was first.
      if (!isConflict(thrown)) throw thrown;
      open.forget(call.call_id);
    }
  };

  const look = async (ends: Follower, instance: string): Promise<void> => {
    const answer = await bus.alive.ask(instance, ANSWER_WITHIN_MS);
    if (answer !== 'silent') return silence.broken(instance);
    if (!silence.goesOn(instance, performance.now())) return;
    if (!(await fence(bus, ends, instance, now()))) return;
    for (const call of open.of(instance)) await end(call);
  };

  const lookAtAll = async ({ ends }: LogReaders): Promise<void> => {
    // An end that is stored counts before anybody is asked.
    if (!bus.isUp() || !(await ends.caughtUp(Date.now() + CATCH_UP_WITHIN_MS))) return;
    const instances = open.instances(performance.now() - everyMs);
    silence.keepOnly(instances);
    await Promise.all(instances.map((instance) => look(ends, instance)));
  };

  const onStart = (call: OpenCall): void => {
    // Whoever lets a call through lives.
    silence.broken(call.instance);
    open.started(call, performance.now());
  };
  const onEnd = (callId: string): void => open.ended(callId);

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        readers ??= await readLog(bus, onStart, onEnd, () => open.size, undefined, skipped);
        await lookAtAll(readers);
        await pause(everyMs);
      } catch (err) {
        if (stopping.signal.aborted) return;
        log.error({ err }, 'looking for calls without an end failed; trying again');
        await pause(RETRY_MS);
      }
    }
  };
  let running: Promise<void> = Promise.resolve();

  return {
    /** Begins in the background; nobody waits for it. */
    start(): void {
      bus.onDown(() => silence.reset());
      running = run();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await running;
      await readers?.stop();
    },
  };
}
