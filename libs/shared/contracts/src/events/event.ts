import type { z } from 'zod';
import { AuditLine } from '../audit.ts';
import type { ClientInfo } from '../call.ts';
import type { Subject } from '../subjects.ts';

/** Where events are stored, and seen by others: a channel of AsyncAPI. */
export type Channel<Data = never> = {
  /** Its name in docs/asyncapi.yaml. */
  readonly id: string;
  readonly title: string;
  /** What is to be known of all its events. */
  readonly about?: string;
  readonly subject: string | Pick<Subject, 'address' | 'parameterIn'>;
  /** The parameter of the subject: what it is, what it may be, and what an event's data say that it is (one of these). */
  readonly parameter?: {
    readonly description: string;
    readonly values?: readonly string[];
    of?(data: Data): string | readonly string[];
  };
};

/** What an event says in the flat words of the audit file; what is left out is null there, or absent. */
export type Flat = Partial<Omit<AuditLine, 'seq' | 'ts' | 'event_id' | 'type'>>;

/** A client by its own words. */
const clientText = ({ name, version }: ClientInfo): string => [name, version].filter(Boolean).join(' ');

/** A member as a line has it. */
const asWord = (name: string, value: unknown): unknown =>
  name === 'client' && value !== undefined ? clientText(value as ClientInfo) : value;

/** The members of an event that its line has under the same name. What only a newer version knows is none of them. */
export const sameWords = (shape: z.ZodRawShape, said: Record<string, unknown>): Flat =>
  Object.fromEntries(
    Object.keys(shape).flatMap((name) => (name in AuditLine.shape ? [[name, asWord(name, said[name])]] : [])),
  );

/** All that is known of a type of event. */
export type EventDefinition<S extends z.ZodObject = z.ZodObject> = {
  /** Of its `data`. */
  readonly schema: S;
  readonly channel: Channel<z.output<S>>;
  /** What happened, for people. */
  readonly sentence: string;
  /** Whether data that the schema takes can be of this type. */
  fits?(data: z.output<S>): boolean;
  /** What its line says beside, or in place of, its type's words as the action and the same words of its data. */
  audit?(data: z.output<S>): Flat;
};

/** The one definition of a type of event. */
export const event = <S extends z.ZodObject>(definition: EventDefinition<S>): EventDefinition<S> =>
  definition;

/** Whether an event with this data belongs on this subject: who may write there is all that says who wrote it. */
export function belongsOn<S extends z.ZodObject>(
  { channel: { subject, parameter }, fits }: Pick<EventDefinition<S>, 'channel' | 'fits'>,
  exact: string,
  data: z.output<S>,
): boolean {
  if (fits?.(data) === false) return false;
  if (typeof subject === 'string') return subject === exact;
  const found = subject.parameterIn(exact);
  return found !== undefined && (parameter?.of === undefined || [parameter.of(data)].flat().includes(found));
}

/** Reasons as one note; none are no note. */
export const joined = (sentences: readonly string[]): string | null => sentences.join('; ') || null;

/** What was done, and why where somebody said so. */
export const because = (what: string, reason: string | undefined): string =>
  reason ? `${what}: ${reason}` : what;
