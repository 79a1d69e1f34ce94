import { type Channel, EVENT_TYPES, type EventType } from '@aegis/contracts/events';
import { EVENTS } from '@aegis/contracts/subjects';

/** Where an outsider sees a kind of event, with what is told of it there. */
export type Seen = Pick<Channel, 'id' | 'title' | 'about' | 'parameter'> & {
  /** A `{parameter}` stands for one token. */
  readonly address: string;
  readonly types: readonly EventType[];
};

const TYPES = Object.keys(EVENT_TYPES) as EventType[];

/** Where an outsider sees what is stored on a subject: the streams republish it there. */
const eventSubject = (stored: string): string =>
  stored.replace(/^aegis\.log\./, `${EVENTS}.`).replace(/^aegis\.checks\./, `${EVENTS}.decision.check.`);

/** Every channel of events, in the order of their types. */
export const CHANNELS: readonly Seen[] = [
  ...new Map(TYPES.map((type) => [EVENT_TYPES[type].channel.id, EVENT_TYPES[type].channel])),
].map(([id, channel]) => ({
  ...channel,
  address: eventSubject(typeof channel.subject === 'string' ? channel.subject : channel.subject.address),
  types: TYPES.filter((type) => EVENT_TYPES[type].channel.id === id),
}));
