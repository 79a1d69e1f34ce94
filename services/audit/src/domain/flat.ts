import type { AuditLine } from '@aegis/contracts/audit';
import type { ClientInfo } from '@aegis/contracts/call';
import type { EventData, EventType } from '@aegis/contracts/events';

/** What an event says in the flat words of the audit file; what is left out is null there, or absent. */
export type Flat = Partial<Omit<AuditLine, 'seq' | 'ts' | 'event_id' | 'type'>> & { action: string };

/** For each of these types of event, how it reads as a line. */
export type Flatten<T extends EventType> = { [Type in T]: (data: EventData<Type>) => Flat };

export const clientText = (client: ClientInfo | undefined): string | undefined =>
  client && [client.name, client.version].filter(Boolean).join(' ');

/** Reasons as one note; none are no note. */
export const joined = (sentences: readonly string[]): string | null => sentences.join('; ') || null;
