import { onMount } from 'svelte';
import { createGuard, type Guard } from './guard.ts';
import { createPresses, type Presses } from './press.ts';

/** Pressed for what comes after them: screen readers are spoken to by them. */
const MODIFIERS = new Set(['Alt', 'AltGraph', 'CapsLock', 'Control', 'Meta', 'Shift']);
const now = (): number => performance.now();

/** Hears of every press on the page, for a click says nothing of its own; returns what ends it. */
function hear(presses: Presses): () => void {
  const began = (event: Event): void => {
    const key = event instanceof KeyboardEvent ? event : undefined;
    if (key !== undefined && MODIFIERS.has(key.key)) return;
    presses.began({ target: event.target, at: event.timeStamp, isRepeat: key?.repeat === true });
  };
  const ended = (event: Event): void => presses.ended(event.timeStamp);
  const gone = ({ type, target }: Event): void => {
    // Elements lose the focus too; here it is about the window.
    if (type !== 'blur' || target === window) presses.forget();
  };
  const heard = [
    ['pointerdown', began],
    ['keydown', began],
    ['pointerup', ended],
    ['keyup', ended],
    ['pointercancel', gone],
    ['blur', gone],
  ] as const;
  for (const [type, listener] of heard) window.addEventListener(type, listener, { capture: true });
  return () => {
    for (const [type, listener] of heard) window.removeEventListener(type, listener, { capture: true });
  };
}

export type PressGuard = Guard & {
  /** For the eye; what decides asks `counts`. */
  readonly armed: boolean;
  /** Whether a click decides: pressed on this button, when it had been there for long enough, by no key that is held. */
  counts(click: MouseEvent): boolean;
};

/** A guard for as long as the component is there. */
export function useGuard(): PressGuard {
  let armed = $state(false);
  const guard = createGuard((ready) => {
    armed = ready;
  }, now);
  const presses = createPresses(now);

  onMount(() => {
    const end = hear(presses);
    return () => {
      end();
      guard.stop();
    };
  });
  return {
    ...guard,
    get armed() {
      return armed;
    },
    counts({ currentTarget }) {
      const isOn = (target: EventTarget | null): boolean =>
        currentTarget instanceof Node && target instanceof Node && currentTarget.contains(target);
      return presses.counts(isOn, guard);
    },
  };
}
