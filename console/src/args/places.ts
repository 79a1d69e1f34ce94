import { count } from '@aegis/kit/text';
import { size } from '../text/extent.ts';
import type { Row } from './rows.ts';

/** One argument: at which line it begins, the lines that tell whether it was read, and in a few words what it holds. */
export type Place = { key: string; at: number; lines: string[]; holds: string };

/** Of a tree each so many lines one is watched: fewer than fit on a screen, more than a browser would mind. */
const STEP = 8;

function holdsOf({ kind, holds, text }: Row): string {
  if (kind === 'array') return count(holds ?? 0, 'item');
  if (kind === 'object') return count(holds ?? 0, 'key');
  return kind === 'string' ? size(new TextEncoder().encode(text).length) : text;
}

/** The arguments of a call by the lines of its tree, without those that are gone. */
export function placesOf(rows: readonly Row[]): Place[] {
  const places: Place[] = [];
  let place: Place | undefined;
  for (const [at, row] of rows.entries()) {
    if (row.depth === 0) {
      place = row.kind === 'nothing' ? undefined : { key: row.key, at, lines: [row.id], holds: holdsOf(row) };
      if (place !== undefined) places.push(place);
    } else {
      const isLast = (rows[at + 1]?.depth ?? 0) === 0;
      if (isLast || (at - (place?.at ?? at)) % STEP === 0) place?.lines.push(row.id);
    }
  }
  return places;
}

export type Seen = {
  /** A line was on the screen. */
  line(id: string): void;
  /** The person went to this argument. */
  open(place: Place): void;
  /** The person has come to the end. */
  all(): void;
  /** How many arguments were not wholly on the screen yet. */
  readonly unseen: number;
};

/** What of a call's arguments was on the screen. */
export function createSeen(places: readonly Place[]): Seen {
  const open = new Map(places.map((place) => [place, new Set(place.lines)]));
  const byLine = new Map(places.flatMap((place) => place.lines.map((id) => [id, place])));
  return {
    line(id) {
      const place = byLine.get(id);
      if (place === undefined) return;
      const lines = open.get(place);
      if (lines?.delete(id) === true && lines.size === 0) open.delete(place);
    },
    open: (place) => void open.delete(place),
    all: () => open.clear(),
    get unseen() {
      return open.size;
    },
  };
}
