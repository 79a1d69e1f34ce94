import { createHash, randomUUID } from 'node:crypto';
import type { Bus } from '@aegis/bus';
import { GRANT_EVENTS } from '@aegis/contracts/events';
import type { Grant, StoredGrant } from '@aegis/contracts/grants';
import { readEvent } from '@aegis/contracts/read-event';
import { grantLog } from '@aegis/contracts/subjects';
import type { Bodies } from '../bodies.ts';
import { type GrantCommand, type GrantEvent, grants } from '../domain/grant.ts';
import { base32 } from '../domain/identity.ts';
import { createStore, type Kind, type Store } from '../store.ts';

export type GrantStore = Store<Grant, GrantCommand, GrantEvent>;

const grantKind = (bodies: Bodies): Kind<Grant, GrantCommand, GrantEvent> => ({
  decider: grants,
  subjectOf: grantLog,
  async read(last, deadlineMs) {
    const event = readEvent(last, ...GRANT_EVENTS);
    if (!event) return undefined;
    const grant = await joinGrant(bodies, event.data.grant, deadlineMs);
    return { type: event.type, data: { ...event.data, grant } };
  },
  async toStored({ grant, ...data }, deadlineMs) {
    return { ...data, grant: { ...grant, pattern: await bodies.store(grant.pattern, deadlineMs) } };
  },
  nameOf: (id) => `grant ${id}`,
  written: (grant) => ({ data: { grant }, subject: grant.grant_id }),
});

/** With all of its pattern. @throws AppError `storage_unavailable` */
export const joinGrant = async (
  bodies: Bodies,
  { pattern, ...grant }: StoredGrant,
  deadlineMs: number,
): Promise<Grant> => ({ ...grant, pattern: await bodies.join(pattern, deadlineMs) });

export const newGrantId = (): string => `gra_${base32(createHash('sha256').update(randomUUID()).digest())}`;

export const createGrantStore = (bus: Bus, bodies: Bodies): GrantStore => createStore(bus, grantKind(bodies));
