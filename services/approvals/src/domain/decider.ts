import { AppError, type ErrorCode } from '@aegis/kit/errors';

/** Nothing happens, and why: a denial is a value. `fault` where it was asked wrongly. */
export type Nothing = { readonly because: string; readonly fault?: ErrorCode };

/** What a command comes to: one thing happens, or nothing does. */
export type Decision<Event> = { readonly event: Event } | Nothing;

/**
 * The rules of one aggregate, in the shape of emmett (https://event-driven-io.github.io/emmett/). Pure: the time and every
 * id arrive in the command. Nothing is there before its first event.
 */
export type Decider<State, Command, Event> = {
  readonly decide: (command: Command, state: State | undefined) => Decision<Event>;
  /** Never throws: what stands in the log has happened. */
  readonly evolve: (state: State | undefined, event: Event) => State;
};

/** What was asked wrongly is the asker's fault. @throws AppError with the decision's fault, where it has one */
export function checkFault(decision: Decision<unknown> | undefined): void {
  if (decision && 'fault' in decision && decision.fault)
    throw new AppError(decision.fault, `${decision.because}.`);
}

/** Why nothing happens, where a decision says so. */
export const becauseOf = (decision: Decision<unknown> | undefined): string | undefined =>
  decision && 'because' in decision ? decision.because : undefined;
