import type { ChannelType, TARGETS } from '@aegis/contracts/webhooks';
import { z } from 'zod';
import type { AttemptResult } from '../domain/attempt-result.ts';
import type { Payload } from '../domain/payload.ts';
import type { Web } from './http/post.ts';

/** What the file keeps of every webhook beside its target: why nothing is sent any more, where that is so. */
export const KEPT = { disabled_because: z.string().max(1000).optional() };

export type Telling = { messageId: string; payload: Payload };
/** What channels send by. */
export type Means = Web & { mailServer: { url: string; from: string } | undefined };

type Target<T extends ChannelType> = z.output<(typeof TARGETS)[T]>;

/** A way to tell people. People name and see a target; the file keeps an entry, which may have a secret too. */
export type Channel<T extends ChannelType = ChannelType, Entry extends z.ZodObject = z.ZodObject> = {
  readonly entry: Entry;
  /** The target as people see it: as it is, or without what only who tells needs to know. Then `keep` puts that back. */
  shown(target: Target<T>): Target<T>;
  /** What goes on record of that, where more people read. */
  recorded?(shown: Target<T>): Target<T>;
  /** What is kept of a target; `present` is the entry that it replaces, `secret` the one that was given. */
  keep?(target: Target<T>, present: z.output<Entry> | undefined, secret: string | undefined): z.output<Entry>;
  /** What is not set that it needs, in words; undefined where it has all. */
  lacks?(means: Pick<Means, 'mailServer'>): string | undefined;
  /** Sends once. @throws DeliveryError, the reason of the signal, and whatever ended it before there was an answer */
  send(entry: z.output<Entry>, telling: Telling, means: Means, signal: AbortSignal): Promise<AttemptResult>;
};
