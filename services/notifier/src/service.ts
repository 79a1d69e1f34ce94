import { randomUUID } from 'node:crypto';
import type { Responder } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import { createEvent } from '@aegis/contracts/create-event';
import { WEBHOOK_LOG } from '@aegis/contracts/subjects';
import type { WebhookChanged } from '@aegis/contracts/webhooks';
import { createAttempt } from './channels/attempt.ts';
import type { Means } from './channels/channel.ts';
import { problemOfUrl, resolveByDns } from './channels/http/destination.ts';
import { channelOf } from './channels/registry.ts';
import type { NotifierConfig } from './config.ts';
import { testPayload } from './domain/payload.ts';
import { createWebhooksFile } from './file/webhooks-file.ts';
import { type Operations, routes } from './nats.ts';
import { createDeliveryLog } from './queue/delivery-log.ts';
import { createDisabling } from './queue/disabling.ts';
import { createLines } from './queue/lines.ts';
import { type Outbox, startOutbox } from './queue/outbox.ts';
import { startSender, tell } from './queue/sender.ts';
import { createSending } from './queue/sending.ts';
import { createWebhooks, type Save } from './webhooks.ts';

/** Time to answer in, of what the asker of a test gives. */
const ANSWER_MS = 500;

/** The service, and what it answers for people. */
export type Notifier = Service & Operations;

type Known = Deps<NotifierConfig>;

/** Why a target can not be told, by its field; undefined where it can. */
const problemOf =
  (means: Means) =>
  (target: Save['target']): string | undefined => {
    const lacking = channelOf(target).lacks?.(means);
    if (lacking !== undefined) return `type: ${lacking}`;
    const problem = 'url' in target ? problemOfUrl(target.url, means.allowedHosts) : undefined;
    return problem && `url: ${problem}`;
  };

const recorder =
  ({ bus, now }: Known) =>
  async (data: WebhookChanged, deadlineMs: number): Promise<void> => {
    const time = now().toISOString();
    const event = createEvent({ type: 'aegis.webhook.changed.v1', source: 'notifier', time, data });
    await bus.append.one({ subject: WEBHOOK_LOG, event }, deadlineMs);
  };

/** The parts, wired. */
function createParts(deps: Known) {
  const { bus, config, log, now } = deps;
  const { SMTP_URL: url, SMTP_FROM: from, WEBHOOK_RETRY_MS: waitsMs } = config;
  const mailServer = url !== undefined && from !== undefined ? { url, from } : undefined;
  const means: Means = { resolve: resolveByDns, allowedHosts: config.WEBHOOK_ALLOW_HOSTS, mailServer, now };
  const [lines, deliveries] = [createLines(bus), createDeliveryLog(bus, log)];
  const attempt = createAttempt({ ...means, timeoutMs: config.WEBHOOK_TIMEOUT_MS });
  const file = createWebhooksFile(config.WEBHOOKS_FILE, log, () => sending.arrange());
  const webhooks = createWebhooks({ file, record: recorder(deps), problemOf: problemOf(means), log });
  const disabling = createDisabling(webhooks, log);
  const forSending = { lines, deliveries, attempt, file, disable: disabling.disable, waitsMs, now, log };
  const sending = createSending({ lines, file, startSender: (id) => startSender(id, forSending), log });
  return { lines, deliveries, attempt, file, webhooks, disabling, sending, means };
}

/** Who is told elsewhere of what waits: by webhooks, Slack messages, e-mail. */
export function createNotifier(deps: Known): Notifier {
  const { bus, config, log, now } = deps;
  const { lines, deliveries, attempt, file, webhooks, disabling, sending, means } = createParts(deps);
  const consoleUrl = config.CONSOLE_URL;
  let outbox: Outbox | undefined;
  let responder: Responder | undefined;
  const health = () =>
    healthFrom([
      bus.problem(),
      file.problem,
      sending.problem,
      outbox?.problem,
      ...new Set([...file.entries().values()].map((entry) => channelOf(entry).lacks?.(means))),
    ]);
  const operations: Operations = {
    ...webhooks,
    async test(webhookId, deadlineMs = Number.POSITIVE_INFINITY) {
      const [entry, payload] = [webhooks.find(webhookId), testPayload(webhookId, consoleUrl, now())];
      const one = { webhookId, entry, messageId: `test_${randomUUID()}`, payload, count: 1, waitsMs: [] };
      const withinMs = deadlineMs - Date.now() - ANSWER_MS;
      const never = new AbortController().signal;
      return (await tell({ attempt, deliveries, now }, one, never, withinMs)).delivery;
    },
    async deliveries(id) {
      webhooks.find(id);
      return deliveries.of(id);
    },
  };
  return {
    ...operations,
    health,
    async start() {
      await file.start();
      await sending.arrange();
      outbox = startOutbox({ bus, lines, sending, consoleUrl, log });
      responder = await bus.respond(routes(operations, health));
    },
    async stop() {
      await responder?.drain();
      file.stop();
      await outbox?.stop();
      await disabling.settled();
      await sending.stop();
      if (bus.isUp()) await bus.flush();
    },
  };
}
