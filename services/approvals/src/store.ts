import { type Bus, type Fact, isConflict, mendIt } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import type { EventData, EventType } from '@aegis/contracts/events';
import type { Decider, Decision } from './domain/decider.ts';
import { UnreadableError } from './unreadable.ts';

type Event = { readonly type: EventType; readonly data: EventData<EventType> };

type Last = { readonly subject: string; readonly event?: Envelope };

/** One kind of aggregate: its rules, and how it stands in the log. */
export type Kind<S, C, E extends Event> = {
  readonly decider: Decider<S, C, E>;
  /** The exact subject that it has to itself. */
  readonly subjectOf: (id: string) => string;
  /** The last event of its subject, whole; undefined where it can't be read. */
  readonly read: (last: Last, deadlineMs: number) => E | undefined | Promise<E | undefined>;
  /** The data of an event as it stands in the log, where that is not all of it; the rest is stored when this resolves. */
  readonly toStored?: (data: E['data'], deadlineMs: number) => Promise<EventData<EventType>>;
  /** What errors call it: `The record of <name> can not be read`. */
  readonly nameOf: (id: string) => string;
  /** Its state as an event carries it, and what the envelope says of it. */
  readonly written: (state: S) => { data: Event['data']; subject?: string; traceId?: string };
  /** Whether nothing can change it any more. */
  readonly isOver?: (state: S) => boolean;
};

/** The state of an aggregate, and the sequence that guards the next change: its revision. */
export type Loaded<S> = { readonly state: S; readonly seq: number };
/** Before the first event. */
export const NOTHING: Loaded<undefined> = { state: undefined, seq: 0 };
/** What became of a command; no decision where none was wanted any more. */
export type Handled<S, E> = Loaded<S> & { readonly decision: Decision<E> | undefined };

export type Handling<E> = {
  /** Stores the event its own way, with what belongs to it, all or nothing. @returns where the last of it stands */
  readonly append?: (fact: Fact, event: E) => Promise<{ readonly seq: number }>;
  /** How often another may be first. */
  readonly attempts?: number;
  /**
   * `append` changes another aggregate too. Then it is tried until the deadline while this one moves, and a conflict of the
   * other one is for whoever asked, who must look again.
   */
  readonly isShared?: boolean;
};

export type Store<S, C, E> = {
  /** As of now: one aggregate is read from the log, never from a projection. */
  load(id: string, deadlineMs: number): Promise<Loaded<S> | undefined>;
  /**
   * The way of every command: decides on what is there, appends what happens compare-and-set, and decides again where
   * another was first.
   *
   * @throws AppError `version_conflict` where another was first too often
   */
  handle<Now extends S | undefined>(
    id: string,
    from: Loaded<Now>,
    toCommand: (now: Loaded<S | Now>) => C | undefined | Promise<C | undefined>,
    deadlineMs: number,
    how?: Handling<E>,
  ): Promise<Handled<S | Now, E>>;
};

/** What is over never changes: those read last need no second look. Large ones are read again. */
const REMEMBERED = 100;
const REMEMBERED_CHARS = 10_000;

function createMemory<S>() {
  const over = new Map<string, Loaded<S>>();
  return {
    get: (id: string): Loaded<S> | undefined => over.get(id),
    put(id: string, loaded: Loaded<S>): void {
      if (JSON.stringify(loaded.state).length > REMEMBERED_CHARS) return;
      over.set(id, loaded);
      const [oldest] = over.keys();
      if (over.size > REMEMBERED && oldest !== undefined) over.delete(oldest);
    },
  };
}

/** `stored` is told of each event once it is in the log. */
export function createStore<S, C extends { readonly now: Date }, E extends Event>(
  bus: Bus,
  kind: Kind<S, C, E>,
  stored?: (event: E) => void,
): Store<S, C, E> {
  const { decider, subjectOf, nameOf, written } = kind;
  const memory = createMemory<S>();

  const load = async (id: string, deadlineMs: number): Promise<Loaded<S> | undefined> => {
    const known = memory.get(id);
    if (known) return known;
    const last = await bus.read.last(subjectOf(id), deadlineMs);
    if (!last) return undefined;
    const event = await kind.read(last, deadlineMs);
    if (!event) {
      const detail = `The record of ${nameOf(id)} can not be read: ${mendIt(subjectOf(id))}.`;
      throw new UnreadableError(detail);
    }
    const loaded = { state: decider.evolve(undefined, event), seq: last.seq };
    if (kind.isOver?.(loaded.state)) memory.put(id, loaded);
    return loaded;
  };

  const toFact = async (
    id: string,
    { type, data: all }: E,
    before: Loaded<S | undefined>,
    state: S,
    now: Date,
    deadlineMs: number,
  ): Promise<Fact> => {
    const data = kind.toStored ? await kind.toStored(all, deadlineMs) : all;
    const made = { ...written(state), source: 'approvals', time: now.toISOString() };
    const basis = before.state === undefined ? undefined : written(before.state).data;
    const event = createEvent({ ...made, type, data, before: basis });
    return { subject: subjectOf(id), event, expect: before.seq };
  };

  return {
    load,
    async handle(id, from, toCommand, deadlineMs, how = {}) {
      const { append = (fact) => bus.append.one(fact, deadlineMs), isShared = false } = how;
      let now: Loaded<S | (typeof from)['state']> = from;
      for (let left = (how.attempts ?? 3) - 1; ; left--) {
        const command = await toCommand(now);
        const decision = command && decider.decide(command, now.state);
        if (!command || !decision || !('event' in decision)) return { ...now, decision };
        const { event } = decision;
        const state = decider.evolve(now.state, event);
        try {
          const fact = await toFact(id, event, now, state, command.now, deadlineMs);
          const { seq } = await append(fact, event);
          stored?.(event);
          return { state, seq, decision };
        } catch (thrown) {
          if (!isConflict(thrown) || (!isShared && left <= 0)) throw thrown;
          const newer = (await load(id, deadlineMs)) ?? from;
          if (isShared && newer.seq === now.seq) throw thrown;
          now = newer;
        }
      }
    },
  };
}
