import type { Bus, DurableMessage, Metadata, Puller } from '@aegis/bus';
import { DELIVERIES_STREAM, deliverySubject } from '@aegis/contracts/subjects';
import type { Queued } from '../domain/payload.ts';

/** Longer than an attempt may take. */
const ACK_WAIT_MS = 60_000;
/** Those that wait for their next attempt count too. */
const MAX_WAITING = 10_000;
const PUT_WITHIN_MS = 5_000;
const AFTER = 'aegis.after';

/** Takes what waits in a line. Messages up to `leftOversEnd` are an earlier webhook's of that name. */
export type Taker = {
  handle: (message: DurableMessage, leftOversEnd: number) => Promise<void>;
  /** Called with what went wrong; it is tried again. */
  onTrouble: (thrown: unknown) => void;
};

/** One line of notices a webhook: a subject, and a durable consumer that all replicas share. */
export type Lines = {
  /** Makes the line, if there is none. What was left from an earlier webhook of that name is not sent. */
  open(webhookId: string): Promise<void>;
  /** Takes the line away, and with it what waits in it. */
  close(webhookId: string): Promise<void>;
  /** The lines that there are. */
  all(): Promise<string[]>;
  /** Resolves once the notice is on the disk. The same one again within two minutes is in line once. */
  put(webhookId: string, queued: Queued): Promise<void>;
  /** Takes one notice after the other off the line; a new line is made where somebody took it away. */
  take(webhookId: string, taker: Taker): Puller;
};

const leftOversEnd = (metadata: Metadata): number => Number(metadata[AFTER] ?? 0);

export function createLines({ append, durables }: Pick<Bus, 'append' | 'durables'>): Lines {
  const open = (webhookId: string): Promise<void> =>
    durables.ensure(DELIVERIES_STREAM, {
      name: webhookId,
      subject: deliverySubject(webhookId),
      ackWaitMs: ACK_WAIT_MS,
      maxAckPending: MAX_WAITING,
      metadata: (lastSeq) => ({ [AFTER]: String(lastSeq) }),
    });
  return {
    open,
    close: (webhookId) => durables.remove(DELIVERIES_STREAM, webhookId),
    all: () => durables.names(DELIVERIES_STREAM),
    async put(webhookId, queued) {
      const text = JSON.stringify(queued);
      await append.text(deliverySubject(webhookId), text, Date.now() + PUT_WITHIN_MS, queued.message_id);
    },
    take: (webhookId, { handle, onTrouble }) =>
      durables.pull({
        stream: DELIVERIES_STREAM,
        durable: webhookId,
        missing: () => open(webhookId),
        handle: (message, metadata) => handle(message, leftOversEnd(metadata)),
        onTrouble,
      }),
  };
}
