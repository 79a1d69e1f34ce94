import { readFileSync } from 'node:fs';
import { Envelope } from '../envelope.ts';
import { EVENT_TYPES, type EventData, type EventDefinition, type EventType } from '../events/mod.ts';

/** A parameter that an event's data don't say, such as the digest of a key. */
const SOME = 'a'.repeat(64);

export type Fixture<T extends EventType> = Envelope & { type: T; data: EventData<T> };

/** The event of this type that stays as it was written: fixtures/events/<type>.json. */
export const fixtureOf = <T extends EventType>(type: T): Fixture<T> =>
  Envelope.parse(
    JSON.parse(readFileSync(new URL(`../fixtures/events/${type}.json`, import.meta.url), 'utf8')),
  ) as Fixture<T>;

/** The subject on which an event with this data is stored. */
export function storedOn<T extends EventType>(type: T, data: EventData<T>): string {
  const { subject, parameter }: EventDefinition['channel'] = EVENT_TYPES[type].channel;
  if (typeof subject === 'string') return subject;
  return subject.address.replace(/\{\w+\}/, [parameter?.of?.(data)].flat()[0] ?? SOME);
}

/** A fixture as a message of the log, with this data where it is given. */
export const messageOf = <T extends EventType>(type: T, data: EventData<T> = fixtureOf(type).data) => ({
  subject: storedOn(type, data),
  event: { ...fixtureOf(type), data } as Fixture<T>,
});
