import { type BrokerAddress, connectAs } from '@aegis/bus/law';
import { DELIVERIES_STREAM, deliverySubject } from '@aegis/contracts/subjects';
import { startEmbeddedBroker } from '@aegis/local-nats';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';

/** A notice as it waits in the line of a webhook. */
export type Waiting = { webhook_id: string; message_id: string; text: string };

/** What waits last in the line of a webhook, read beneath the services; undefined where nothing does. */
async function lastIn(broker: BrokerAddress, webhookId: string): Promise<string | undefined> {
  const nc = await connectAs('admin', broker);
  const asked = JSON.stringify({ last_by_subj: deliverySubject(webhookId) });
  const reply = await nc.request(`$JS.API.STREAM.MSG.GET.${DELIVERIES_STREAM}`, asked);
  await nc.close();
  const { message } = reply.json<{ message?: { data: string } }>();
  return message && Buffer.from(message.data, 'base64').toString('utf8');
}

/** The notice that waits in the line of this webhook. @throws where there is none */
export async function waitingFor(broker: BrokerAddress, webhook_id: string): Promise<Waiting> {
  const text = await lastIn(broker, webhook_id);
  if (text === undefined) throw new Error(`nothing waits for ${webhook_id}`);
  return { webhook_id, message_id: (JSON.parse(text) as Waiting).message_id, text };
}

/**
 * Makes the notice wait in a data directory that was saved. The server lets go of it after five days, by its own clock: then
 * the same bytes are put in line again, in the stream and for the consumer that were saved.
 */
export async function keepWaiting(dataDir: string, { webhook_id, message_id, text }: Waiting): Promise<void> {
  const broker = await startEmbeddedBroker({ dataDir, port: 0, log: silentLog, env: process.env });
  if ((await lastIn(broker, webhook_id)) === undefined) {
    const bus = await connectTestBus(broker, 'notifier');
    await bus.append.text(deliverySubject(webhook_id), text, Date.now() + 5_000, message_id);
    await bus.close();
  }
  await broker.stop();
}
