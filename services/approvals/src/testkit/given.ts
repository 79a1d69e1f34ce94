import { expect } from 'vitest';
import type { Decider, Decision } from '../domain/decider.ts';

/** What happened so far, and what may be said of it. */
export type Given<State, Command, Event> = {
  /** What the events make. */
  readonly state: State;
  /** What happened after these commands too, each of which must make something happen. */
  readonly after: (...commands: Command[]) => Given<State, Command, Event>;
  /** `comesTo` holds for the event, or `because` for none: all of it, but for what `expect.objectContaining` leaves open. */
  readonly when: (command: Command) => { readonly comesTo: (expected: Decision<Event>) => void };
};

/** Reads as: given what happened, when somebody wants something, it comes to that event or to nothing. */
export function givenFor<State, Command, Event>(decider: Decider<State, Command, Event>) {
  const given = (...events: Event[]): Given<State | undefined, Command, Event> => {
    const state = events.reduce<State | undefined>(
      (before, event) => decider.evolve(before, event),
      undefined,
    );
    return {
      state,
      after(...commands) {
        const [command, ...later] = commands;
        if (command === undefined) return given(...events);
        const decision = decider.decide(command, state);
        if ('event' in decision) return given(...events, decision.event).after(...later);
        throw new Error(decision.because);
      },
      when: (command) => ({
        comesTo: (expected) => expect(decider.decide(command, state)).toEqual(expected),
      }),
    };
  };
  return given;
}
