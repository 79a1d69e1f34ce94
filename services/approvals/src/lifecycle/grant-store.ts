import { createHash, randomUUID } from 'node:crypto';
import type { Bus } from '@aegis/bus';
import { GRANT_EVENTS } from '@aegis/contracts/events';
import type { Grant } from '@aegis/contracts/grants';
import { readEvent } from '@aegis/contracts/read-event';
import { grantLog } from '@aegis/contracts/subjects';
import { type GrantCommand, type GrantEvent, grants } from '../domain/grant.ts';
import { base32 } from '../domain/identity.ts';
import { createStore, type Kind, type Store } from '../store.ts';

export type GrantStore = Store<Grant, GrantCommand, GrantEvent>;

const GRANT: Kind<Grant, GrantCommand, GrantEvent> = {
  decider: grants,
  subjectOf: grantLog,
  read: (last) => readEvent(last, ...GRANT_EVENTS),
  nameOf: (id) => `grant ${id}`,
  written: (grant) => ({ data: { grant }, subject: grant.grant_id }),
};

export const newGrantId = (): string => `gra_${base32(createHash('sha256').update(randomUUID()).digest())}`;

export const createGrantStore = (bus: Bus): GrantStore => createStore(bus, GRANT);
