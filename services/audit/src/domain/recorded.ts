import { UNREADABLE } from '@aegis/contracts/audit';
import type { Envelope } from '@aegis/contracts/envelope';

/** A fact as the log gives it; `event` is missing where the message is no envelope. */
export type Recorded = { seq: number; subject: string; event?: Envelope; storedAt: Date };

/** `repeats`: where its event, by its id, is in the log already. */
export type Placed = Recorded & { readonly repeats?: number | undefined };

/** The event id of a line. What can't be read has none, so it is named by its place. */
export const eventIdOf = ({ seq, event }: Pick<Recorded, 'seq' | 'event'>): string =>
  event?.id ?? `${UNREADABLE}-${seq}`;
