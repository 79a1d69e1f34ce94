import type { Guard } from './guard.ts';

/** A click that comes so long after a key or a button was let go was not made by it. */
const GONE_MS = 1000;

type Press = { target: EventTarget | null; at: number; isRepeat: boolean; endedAt?: number };
export type Presses = {
  /** A key or a button goes down; `at` in milliseconds by the clock of `now`. */
  began(press: { target: EventTarget | null; at: number; isRepeat: boolean }): void;
  ended(at: number): void;
  /** What was pressed is nobody's concern any more. */
  forget(): void;
  /**
   * Whether a click counts: pressed on this very element, by a key that is not held down, when the guard was ready already
   * for what is shown now. A click without a press, as by an assistive technology, counts as pressed now.
   */
  counts(isOn: (target: EventTarget | null) => boolean, guard: Pick<Guard, 'wasReady'>): boolean;
};

/** What was pressed last, because a click says only what was let go. */
export function createPresses(now: () => number): Presses {
  let last: Press | undefined;
  return {
    began(press) {
      last = press;
    },
    ended(at) {
      if (last !== undefined) last.endedAt ??= at;
    },
    forget() {
      last = undefined;
    },
    counts(isOn, guard) {
      const press = last;
      if (press === undefined || (press.endedAt !== undefined && now() - press.endedAt > GONE_MS)) {
        return guard.wasReady(now());
      }
      return isOn(press.target) && !press.isRepeat && guard.wasReady(press.at);
    },
  };
}
