import type { Bus } from '@aegis/bus';
import { DELIVERIES_STREAM, deliverySubject } from '@aegis/contracts/subjects';
import {
  type Consumer,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { Queued } from '../payload.ts';

const NANOS_PER_MS = 1_000_000;
/** Longer than an attempt may take. */
const ACK_WAIT_MS = 60_000;
/** Those that wait for their next attempt count too. */
const MAX_WAITING = 10_000;
const AFTER = 'aegis.after';

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
  /** The line's consumer; a new one where somebody took it away. */
  reader(webhookId: string): Promise<Consumer>;
};

/** Up to this sequence the messages are an earlier webhook's. */
export async function leftOversEnd(consumer: Consumer): Promise<number> {
  const { config } = await consumer.info(true);
  return Number(config.metadata?.[AFTER] ?? 0);
}

const ifThere = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound)
      return undefined;
    throw error;
  }
};

async function openLine(jsm: JetStreamManager, webhookId: string): Promise<void> {
  const present = () => ifThere(jsm.consumers.info(DELIVERIES_STREAM, webhookId));
  if (await present()) return;
  const { state } = await jsm.streams.info(DELIVERIES_STREAM);
  try {
    await jsm.consumers.add(DELIVERIES_STREAM, {
      durable_name: webhookId,
      filter_subject: deliverySubject(webhookId),
      ack_policy: 'explicit',
      ack_wait: ACK_WAIT_MS * NANOS_PER_MS,
      max_ack_pending: MAX_WAITING,
      max_deliver: -1,
      metadata: { [AFTER]: String(state.last_seq) },
    });
  } catch (error) {
    // Another replica may have been first.
    if (!(await present())) throw error;
  }
}

export function createLines(bus: Bus): Lines {
  const js = jetstream(bus.link.nc);
  const manager = () => jetstreamManager(bus.link.nc, { checkAPI: false });
  return {
    open: async (webhookId) => openLine(await manager(), webhookId),
    async close(webhookId) {
      await ifThere((await manager()).consumers.delete(DELIVERIES_STREAM, webhookId));
    },
    async all() {
      const names: string[] = [];
      for await (const { name } of (await manager()).consumers.list(DELIVERIES_STREAM)) names.push(name);
      return names;
    },
    async put(webhookId, queued) {
      await js.publish(deliverySubject(webhookId), JSON.stringify(queued), { msgID: queued.message_id });
    },
    async reader(webhookId) {
      const present = await ifThere(js.consumers.get(DELIVERIES_STREAM, webhookId));
      if (present) return present;
      await openLine(await manager(), webhookId);
      return js.consumers.get(DELIVERIES_STREAM, webhookId);
    },
  };
}
