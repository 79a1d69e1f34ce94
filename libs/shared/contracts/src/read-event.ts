import type { z } from 'zod';
import { EVENT_DATA } from './events.ts';
import { tolerant } from './tolerant.ts';

/** An event as it is stored. */
type Stored = { readonly type: string; readonly data: unknown };
type Schemas = Readonly<Record<string, z.ZodType>>;
type EventOf<S extends Schemas, T extends keyof S> = {
  [Type in T]: { type: Type; data: z.output<S[Type]> };
}[T];

/**
 * From an event that is no longer written to the next version of it: its type and its data. What it throws makes the event
 * unreadable. Upcasters chain: a new version takes one more, and no change to those before.
 */
export type Upcaster = (data: unknown) => Stored;
/** By the type that is no longer written. */
export type Upcasters = Readonly<Record<string, Upcaster>>;

/** None yet: every type is in its first version. */
const UPCASTERS: Upcasters = {};

function upcast(event: Stored, upcasters: Upcasters): Stored | undefined {
  let current = event;
  try {
    for (let steps = Object.keys(upcasters).length; steps > 0; steps--) {
      const up = Object.hasOwn(upcasters, current.type) ? upcasters[current.type] : undefined;
      if (up === undefined) break;
      current = up(current.data);
    }
    return current;
  } catch {
    return undefined;
  }
}

/** The one way to read stored events of these types. */
export function createReadEvent<S extends Schemas>(schemas: S, upcasters: Upcasters) {
  const readers = new Map(Object.entries(schemas).map(([type, schema]) => [type, tolerant(schema, 'kept')]));
  return <T extends keyof S>(
    event: Stored | undefined,
    ...types: readonly T[]
  ): EventOf<S, T> | undefined => {
    const current = event && upcast(event, upcasters);
    if (!current || (types.length > 0 && !types.some((type) => type === current.type))) return undefined;
    const parsed = readers.get(current.type)?.safeParse(current.data);
    return parsed?.success ? ({ type: current.type, data: parsed.data } as EventOf<S, T>) : undefined;
  };
}

/**
 * A stored event as this version understands it: an older version of it is brought up to date, and members that only a newer
 * version knows are kept, so that a state that is written again loses none of them. Of any type where none is named.
 *
 * @returns undefined where it can't be read, or is of another type: nothing may stand on it
 */
export const readEvent = createReadEvent(EVENT_DATA, UPCASTERS);
