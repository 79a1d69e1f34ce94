import { untrack } from 'svelte';
import { createSeen, type Place } from './places.ts';

/** Of a line that is on the screen this much counts, or this much of the screen where the line is higher. */
const OF_LINE = 0.9;
const OF_SCREEN = 0.5;
/** How often the browser tells of a line that comes in. */
const STEPS = [0, 0.25, 0.5, 0.75, OF_LINE, 1];
/** Higher than any page: what was scrolled past counts as reached. */
const ABOVE = '99999999px';
const MOVES = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;

const isShown = ({
  isIntersecting,
  intersectionRatio,
  intersectionRect,
  rootBounds,
}: IntersectionObserverEntry) =>
  isIntersecting &&
  (intersectionRatio >= OF_LINE || intersectionRect.height >= OF_SCREEN * (rootBounds?.height ?? Infinity));

export type Reading = ReturnType<typeof createReading>;

/** What of a call's arguments was on the screen of this person, above the bar that decides. */
export function createReading() {
  let places = $state.raw<readonly Place[]>([]);
  let unseen = $state(0);
  let seen = createSeen([]);
  let observer: IntersectionObserver | undefined;
  let coveredPx = $state(0);
  let hasJumped = false;
  const watched = new Map<Element, () => void>();

  const tell = (entries: readonly IntersectionObserverEntry[]): void => {
    for (const entry of entries) if (isShown(entry)) watched.get(entry.target)?.();
    unseen = seen.unseen;
  };
  const observe = (): IntersectionObserver => {
    observer = new IntersectionObserver(tell, {
      rootMargin: `0px 0px -${untrack(() => coveredPx)}px 0px`,
      threshold: STEPS,
    });
    return observer;
  };
  const observeAnew = (): void => {
    observer?.disconnect();
    const again = observe();
    for (const element of watched.keys()) again.observe(element);
  };
  const watch = (does: () => void) => (element: Element) => {
    watched.set(element, does);
    (observer ?? observe()).observe(element);
    return () => {
      watched.delete(element);
      observer?.unobserve(element);
    };
  };

  const reached = (entries: readonly IntersectionObserverEntry[]): void => {
    if (hasJumped || entries.at(-1)?.isIntersecting !== true) return;
    seen.all();
    unseen = 0;
  };

  const moved = (): void => {
    hasJumped = false;
  };

  $effect(() => {
    for (const move of MOVES) window.addEventListener(move, moved, { capture: true, passive: true });
    return () => {
      for (const move of MOVES) window.removeEventListener(move, moved, { capture: true });
      observer?.disconnect();
    };
  });

  return {
    get places() {
      return places;
    },
    /** How many arguments were not wholly on the screen yet. */
    get unseen() {
      return unseen;
    },
    /** Other arguments are shown. */
    begin(all: readonly Place[]): void {
      places = all;
      seen = createSeen(all);
      observeAnew();
    },
    /** So many pixels at the bottom of the screen are covered. */
    covered(px: number): void {
      if (px === coveredPx) return;
      coveredPx = px;
      observeAnew();
    },
    line: (id: string) => watch(() => seen.line(id)),
    /** The end of the arguments. Whoever went past the rest by a link has not seen the rest. */
    end: () => (element: Element) => {
      const ends = new IntersectionObserver(reached, { rootMargin: `${ABOVE} 0px -${coveredPx}px 0px` });
      ends.observe(element);
      return () => ends.disconnect();
    },
    /** The person goes to this argument by its link. */
    jump(place: Place): void {
      hasJumped = true;
      seen.open(place);
      unseen = seen.unseen;
    },
  };
}
