import type { Msg } from '@nats-io/transport-node';

/** Where in the log a message stands. */
export type Place = { readonly seq: number | undefined; readonly subject: string | undefined };

/**
 * What the server says of a stored message's place, in headers that it adds behind those that are stored with the message.
 * Whoever wrote the message may have written the same names into it: the last of each is the server's.
 */
export function placeOf({ headers }: Pick<Msg, 'headers'>): Place {
  const last = (name: string): string | undefined => headers?.values(name).at(-1);
  const seq = Number(last('Nats-Sequence'));
  return { seq: Number.isSafeInteger(seq) && seq > 0 ? seq : undefined, subject: last('Nats-Subject') };
}
