import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@aegis/bus';
import type { Envelope } from '@aegis/contracts/envelope';
import { approvalLog } from '@aegis/contracts/subjects';
import type { Delivery, Notice, WebhookTarget } from '@aegis/contracts/webhooks';
import { parseEnv } from '@aegis/kit/env';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { type Receiver, startReceiver } from '@aegis/testkit/webhook-receiver';
import { afterEach, beforeEach } from 'vitest';
import { NotifierEnv } from '../config.ts';
import { createNotifier, type Notifier } from '../service.ts';
import type { Saved } from '../webhooks.ts';
import { pending, requested } from './approvals.ts';

/** What a test may look at. */
export const world = {} as {
  server: TestNatsServer;
  /** The bus of approvals: it writes its events, and asks in the name of admins. */
  bus: Bus;
  folder: string;
  path: string;
  replicas: { notify: Notifier; bus: Bus }[];
  receivers: Receiver[];
};

export const soonMs = (): number => Date.now() + 5_000;

/** A new server, no webhooks and nobody running yet, for each test of the file. */
export function useNotifyWorld(): void {
  beforeEach(async () => {
    world.server = await startNatsServer();
    world.bus = await connectTestBus(world.server, 'approvals');
    world.folder = await mkdtemp(join(tmpdir(), 'aegis-notify-'));
    world.path = join(world.folder, 'webhooks.json');
    world.replicas = [];
    world.receivers = [];
  });
  afterEach(async () => {
    await stopReplicas();
    await Promise.all(world.receivers.map((one) => one.close()));
    await world.bus.close();
    await world.server.stop();
    await rm(world.folder, { recursive: true, force: true });
  });
}

/** A replica whose retries are quick and which may tell this machine. */
export async function startReplica(env: Record<string, string> = {}): Promise<Notifier> {
  const bus = await connectTestBus(world.server, 'notifier');
  const config = parseEnv(NotifierEnv, {
    CONSOLE_URL: 'https://aegis.example.com',
    WEBHOOKS_FILE: world.path,
    WEBHOOK_ALLOW_HOSTS: '127.0.0.1',
    WEBHOOK_RETRY_MS: '100,200,300',
    WEBHOOK_TIMEOUT_MS: '1000',
    ...env,
  });
  const notify = createNotifier({ bus, config, log: silentLog, now: () => new Date() });
  await notify.start();
  world.replicas.push({ notify, bus });
  return notify;
}

export async function stopReplicas(): Promise<void> {
  for (const { notify, bus } of world.replicas.splice(0)) {
    await notify.stop();
    await bus.close();
  }
}

export async function receiver(...given: Parameters<typeof startReceiver>): Promise<Receiver> {
  const started = await startReceiver(...given);
  world.receivers.push(started);
  return started;
}

const EVENTS: Notice[] = ['approval.requested', 'approval.denied'];

export const saveTarget = (notify: Notifier, webhook_id: string, target: WebhookTarget): Promise<Saved> =>
  notify.save({ webhook_id, target }, 'ana', soonMs());

/** A webhook that is told at this address of what is requested and denied. */
export const save = (notify: Notifier, id: string, url: string, type: 'standard' | 'slack' = 'standard') =>
  saveTarget(notify, id, { type, url, events: EVENTS });

/** Something happened to an approval; a new one was requested, where nothing is named. */
export async function happened(event: Envelope = requested(pending())): Promise<Envelope> {
  const { approval_id } = (event.data as { approval: { approval_id: string } }).approval;
  await world.bus.append.one({ subject: approvalLog(approval_id), event }, soonMs());
  return event;
}

/** The attempts at a webhook, oldest first. */
export const attempts = async (notify: Notifier, id: string): Promise<Delivery[]> =>
  (await notify.deliveries(id)).toReversed();
