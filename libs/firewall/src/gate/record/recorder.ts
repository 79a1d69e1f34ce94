import { hash, randomUUID } from 'node:crypto';
import { type Bus, createGroupCommit, createRefusals } from '@aegis/bus';
import type { ClientInfo } from '@aegis/contracts/call';
import { createEvent } from '@aegis/contracts/create-event';
import type { Dispatch } from '@aegis/contracts/decision';
import { type DecisionFacts, decisionEvent } from '@aegis/contracts/decision-event';
import type { Envelope } from '@aegis/contracts/envelope';
import type { EventData, EventType } from '@aegis/contracts/events';
import { callLog, enforceLog, runLog } from '@aegis/contracts/subjects';
import type { Allowance, Caller } from '@aegis/kit/allowance';
import type { Logger } from '@aegis/kit/logger';
import { newTraceId } from '@aegis/kit/trace';
import { createBackgroundWriter } from './background-writer.ts';
import { createRunLog } from './run-log.ts';

/** Ends, and notes, are facts that only this process knows, so many of each may wait for a bus that is away. */
const MOST_WAITING = 4_096;
const CLOSE_WITHIN_MS = 2_000;
const SOURCE = 'mcp';
/** Facts that nobody waits for: an fsync each would be in the way of the next call's own record. */
const TOGETHER = { lingerMs: 100, worthABatch: 2, largestBatch: 128 };

/** A call that was let through: what its end refers to. */
export type Sent = {
  readonly callId: string;
  /** The decision event's id; `unknown` where nobody here knows which it is. */
  readonly decisionId: string;
  readonly traceId: string;
  readonly tool: string;
  readonly server: string;
  readonly principal: string;
};

/** Who a record is about. */
export type Who = {
  readonly server: string;
  readonly principal: string;
  readonly client?: ClientInfo | undefined;
};

/** What is kept of the parameters of a request that nobody judges. */
type RecordedParams = Pick<EventData<'aegis.call.passed.v1'>, 'params_digest' | 'recorded_params'>;

const END_TYPES = {
  succeeded: 'aegis.call.succeeded.v1',
  failed: 'aegis.call.failed.v1',
  unknown: 'aegis.call.outcome_unknown.v1',
} as const;
type Of = 'call_id' | 'decision_id' | 'instance' | 'server' | 'tool' | 'principal';
type EndData<T extends keyof typeof END_TYPES> = Omit<EventData<(typeof END_TYPES)[T]>, Of>;

/** How a call ended, without what names the call. */
export type CallEnd =
  | { readonly type: 'succeeded'; readonly data: EndData<'succeeded'> }
  | { readonly type: 'failed'; readonly data: EndData<'failed'> }
  | { readonly type: 'unknown'; readonly data: EndData<'unknown'> };

/** Everything that this run of the firewall writes about calls. */
export type Recorder = ReturnType<typeof createRecorder>;

export const newIds = (): { decisionId: string; traceId: string } => ({
  decisionId: randomUUID(),
  traceId: newTraceId(),
});

export const sha256 = (data: string | Uint8Array): string => `sha256:${hash('sha256', data, 'hex')}`;

type Made = { source: string; subject: string; time: string; traceId: string };
type OfCall = Pick<EventData<'aegis.call.succeeded.v1'>, Of>;

function endEvent(made: Made, of: OfCall, end: CallEnd): Envelope {
  switch (end.type) {
    case 'succeeded':
      return createEvent({ ...made, type: END_TYPES.succeeded, data: { ...of, ...end.data } });
    case 'failed':
      return createEvent({ ...made, type: END_TYPES.failed, data: { ...of, ...end.data } });
    case 'unknown':
      return createEvent({ ...made, type: END_TYPES.unknown, data: { ...of, ...end.data } });
  }
}

const bytesOf = ({ recorded_args, recorded_input }: DecisionFacts): number =>
  Buffer.byteLength(JSON.stringify([recorded_args, recorded_input]));

const factOf = (facts: DecisionFacts, { decisionId, traceId }: ReturnType<typeof newIds>) => ({
  subject: enforceLog(facts.outcome),
  event: decisionEvent(facts, { source: SOURCE, id: decisionId, time: facts.ruling.ruled_at, traceId }),
});

export type RecorderDeps = { bus: Bus; log: Logger; allowance: Allowance; now: () => Date; instance: string };

/** What one caller has denied or refused beyond what it may have written is counted. */
const BEYOND = 'too_many_requests';

export function createRecorder({ bus, log, allowance, now, instance }: RecorderDeps) {
  const together = createGroupCommit(bus.append, TOGETHER);
  const ofRun = createGroupCommit(createRunLog(bus, instance), TOGETHER);
  const many = { log, limit: MOST_WAITING, untilStored: true };
  const ends = createBackgroundWriter({ ...many, append: ofRun.store });
  const notes = createBackgroundWriter({ ...many, append: ofRun.store });
  const decisions = createBackgroundWriter({ ...many, append: together.store });
  /** Where notes go once this run is fenced. */
  const afterFence = runLog(randomUUID());

  const refusals = createRefusals({ ask: bus.ask, log, door: 'path' });

  /** Nothing stands on a note, so it needs no subject to itself. */
  const note = <T extends EventType>(type: T, data: EventData<T>): boolean => {
    const time = now().toISOString();
    return notes.store(() => ({
      subject: afterFence,
      event: createEvent({ type, source: SOURCE, time, traceId: newTraceId(), data }),
    }));
  };

  return {
    instance,
    /** A new call's place in the record. */
    dispatchOf: (server: string, method: string): Dispatch => ({
      call_id: randomUUID(),
      instance,
      server,
      method,
    }),
    /**
     * Stores a decision of ours; durable when this resolves. A denial beyond what its caller may have written is counted.
     *
     * @throws AppError where it was not confirmed in time: it may be stored or not
     */
    async decide(facts: DecisionFacts, ids: ReturnType<typeof newIds>, deadlineMs: number): Promise<void> {
      const { principal } = facts.call;
      if (
        facts.outcome === 'blocked' &&
        !allowance.takes({ principal, from: facts.client?.name }, bytesOf(facts))
      )
        return refusals.count(BEYOND, principal);
      await bus.commit(factOf(facts, ids), deadlineMs);
    },
    /**
     * Stores a decision that allows, with others of its moment, while its call is under way: it is tried until it is stored.
     * False where too many wait already: then it is not stored.
     */
    decideInBackground: (facts: DecisionFacts, ids: ReturnType<typeof newIds>): boolean =>
      decisions.store(() => factOf(facts, ids)),
    /**
     * Stores a decision that nobody waits for; `by` is whose doing it is. Without a rule that allows it, it takes from what
     * that one may have written, and is counted beyond. False where it is not stored: then nothing should come of it.
     */
    noteDecision(facts: DecisionFacts, by: Caller): boolean {
      const isByRule = facts.outcome === 'allowed' && facts.ruling.rule !== undefined;
      if (!isByRule && !allowance.takes(by, bytesOf(facts))) {
        refusals.count(BEYOND, by.principal);
        return false;
      }
      return decisions.store(() => factOf(facts, newIds()));
    },
    /** How a call ended. Nobody waits for it; it is tried until it is stored, of a fenced run where no other end stands. */
    end(sent: Sent, how: () => CallEnd): void {
      const { callId, traceId, tool, server, principal } = sent;
      const time = now().toISOString();
      ends.store(() => {
        const end = how();
        const of = { call_id: callId, decision_id: sent.decisionId, instance, server, tool, principal };
        const made = { source: SOURCE, subject: tool, time, traceId };
        return { subject: callLog(callId), event: endEvent(made, of, end), expect: 0 };
      });
    },
    /** A request that reaches the server unjudged. False where it can't be recorded: then it should not reach it. */
    passed({ server, principal, client }: Who, method: string, params: RecordedParams): boolean {
      const bytes = Buffer.byteLength(JSON.stringify(params));
      if (!allowance.takes({ principal, from: client?.name }, bytes)) {
        refusals.count(BEYOND, principal);
        return false;
      }
      const callId = randomUUID();
      const about = { call_id: callId, instance, server, principal, method, client, ...params };
      return note('aegis.call.passed.v1', about);
    },
    /** A message that went no further. Beyond what its caller may have written it is counted. */
    refused({ server, principal, client }: Who, because: string, message: Uint8Array): void {
      if (!allowance.takes({ principal, from: client?.name })) return refusals.count(BEYOND, principal);
      const callId = randomUUID();
      const facts = { message_bytes: message.byteLength, message_digest: sha256(message) };
      const about = { call_id: callId, instance, server, principal, because: because.slice(0, 1_000) };
      // Where too many wait to be kept one by one, they are counted.
      if (!note('aegis.call.refused.v1', { ...about, ...facts })) refusals.count('message', principal);
    },
    /** Waits a little for what is still to be stored. */
    async close(): Promise<void> {
      together.flush();
      ofRun.flush();
      const writers = [ends, notes, decisions].map((writer) => writer.close(CLOSE_WITHIN_MS));
      await Promise.all([...writers, refusals.close()]);
    },
  };
}
