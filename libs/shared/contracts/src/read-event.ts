import type { z } from 'zod';
import { belongsOn, type EventDefinition } from './events/event.ts';
import { EVENT_TYPES } from './events/mod.ts';
import { tolerant } from './tolerant.ts';

type Stored = { readonly type: string; readonly data: unknown };
/** A message of the log; `event` is missing where it can't be read as an envelope. */
type Message = { readonly subject: string; readonly event?: Stored | undefined };
type Definitions = Readonly<Record<string, Pick<EventDefinition, 'schema' | 'channel'>>>;
type EventOf<D extends Definitions, T extends keyof D> = {
  [Type in T]: { type: Type; data: z.output<D[Type]['schema']> };
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
export function createReadEvent<D extends Definitions>(definitions: D, upcasters: Upcasters) {
  const readers = new Map(
    Object.entries(definitions).map(([type, { schema }]) => [type, tolerant(schema, 'kept')]),
  );
  return <T extends keyof D>(
    message: Message | undefined,
    ...types: readonly T[]
  ): EventOf<D, T> | undefined => {
    const current = message?.event && upcast(message.event, upcasters);
    if (!current || (types.length > 0 && !types.some((type) => type === current.type))) return undefined;
    const { data } = readers.get(current.type)?.safeParse(current.data) ?? {};
    const definition = definitions[current.type];
    if (!data || !definition || !belongsOn(definition, message.subject, data)) return undefined;
    return { type: current.type, data } as EventOf<D, T>;
  };
}

/**
 * A message of the log as this version understands it: an older version of its event is brought up to date, and members that
 * only a newer version knows are kept, so that a state that is written again loses none of them. Of any type where none is
 * named.
 *
 * @returns undefined where it can't be read, is of another type, or is on a subject where its type and its data don't
 * belong: nothing may stand on it
 */
export const readEvent = createReadEvent(EVENT_TYPES, UPCASTERS);
