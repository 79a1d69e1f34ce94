import type { GlobToken } from '../glob.ts';
import { setHolds } from '../glob-set.ts';

/** Names as the firewall has them: their characters, and how many they may be. */
export interface Names {
  readonly characters: string;
  readonly longest: number;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
export const TOOL_NAMES: Names = { characters: `${LETTERS}_.:/-`, longest: 256 };
export const SERVER_NAMES: Names = { characters: `${LETTERS}_-`, longest: 64 };
export const KEY_NAMES: Names = { characters: `${LETTERS}_.@-`, longest: 64 };

/** Whether a step can take one of these characters; any at all where none are named. */
function canTake(step: GlobToken, characters: string | undefined): boolean {
  if (step.kind === 'star' || step.kind === 'any') return true;
  if (step.kind === 'literal')
    return characters === undefined || characters.includes(String.fromCharCode(step.code));
  const { set } = step;
  if (characters === undefined) return set.negated || set.ranges.length > 0;
  return characters.split('').some((character) => setHolds(set, character.charCodeAt(0)));
}

/** Whether some name of these matches the glob. */
export function matchesSome(tokens: readonly GlobToken[], { characters, longest }: Names): boolean {
  const shortest = tokens.filter(({ kind }) => kind !== 'star').length;
  return shortest <= longest && tokens.every((step) => canTake(step, characters));
}

/**
 * What of a glob is left for the rest of a text that begins so, each way to read it; none where no such text matches. The
 * rest may be any text but for what one of the sets can't take.
 */
export function restsAfter(tokens: readonly GlobToken[], beginning: string): readonly GlobToken[][] {
  let states = new Set(withEmptyStars(tokens, 0));
  for (let at = 0; at < beginning.length; at++) {
    const next = new Set<number>();
    for (const state of states) {
      const step = tokens[state];
      if (step === undefined || !canTake(step, beginning[at])) continue;
      for (const one of withEmptyStars(tokens, step.kind === 'star' ? state : state + 1)) next.add(one);
    }
    states = next;
  }
  const rests = [...states].map((state) => tokens.slice(state));
  return rests.filter((rest) => rest.every((step) => canTake(step, undefined)));
}

/** Whether some text matches both globs. Two sets are taken to share a character. */
export function canMeet(one: readonly GlobToken[], other: readonly GlobToken[]): boolean {
  let places = new Set(withEmptyStars(other, 0));
  for (const step of one) {
    const next = new Set<number>();
    // A `*` takes what it can of the other one, which may go on from each place behind.
    const from = step.kind === 'star' ? range(Math.min(...places), other.length) : places;
    for (const at of from) {
      const to = step.kind === 'star' ? at : placeAfter(step, other, at);
      if (to !== undefined) for (const place of withEmptyStars(other, to)) next.add(place);
    }
    if (next.size === 0) return false;
    places = next;
  }
  return places.has(other.length);
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Where the other one stands when a step has taken a character; undefined where both can take none. */
function placeAfter(step: GlobToken, other: readonly GlobToken[], at: number): number | undefined {
  const beside = other[at];
  if (beside === undefined || !canShare(step, beside)) return undefined;
  return beside.kind === 'star' ? at : at + 1;
}

function canShare(one: GlobToken, other: GlobToken): boolean {
  if (one.kind === 'literal') return canTake(other, String.fromCharCode(one.code));
  if (other.kind === 'literal') return canTake(one, String.fromCharCode(other.code));
  return canTake(one, undefined) && canTake(other, undefined);
}

/** A place in a glob, and each behind it that is there by a `*` that takes nothing. */
function withEmptyStars(tokens: readonly GlobToken[], from: number): number[] {
  const places = [from];
  for (let at = from; tokens[at]?.kind === 'star'; at++) places.push(at + 1);
  return places;
}
