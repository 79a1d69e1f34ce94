import type { Bus, Route } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import { WEBHOOK_LOG } from '@aegis/contracts/subjects';
import type { WebhookChanged } from '@aegis/contracts/webhooks';
import { ConfigError } from '@aegis/kit/env';
import type { Logger } from '@aegis/kit/logger';
import { createAttempt } from './channels/attempt.ts';
import type { MailServer } from './channels/email.ts';
import { problemOfUrl, type Resolve, resolveByDns } from './channels/http/destination.ts';
import type { NotifyConfig } from './config.ts';
import { createWebhooksFile } from './file/webhooks-file.ts';
import { webhookRoutes } from './nats.ts';
import type { Authorize, Operations } from './operations.ts';
import { createDeliveryLog } from './queue/delivery-log.ts';
import { createDisabling } from './queue/disabling.ts';
import { createLines } from './queue/lines.ts';
import { type Outbox, startOutbox } from './queue/outbox.ts';
import { startSender } from './queue/sender.ts';
import { createSending } from './queue/sending.ts';
import { tryWebhook } from './try-webhook.ts';
import { createWebhooks, type Save } from './webhooks.ts';

const NO_MAIL = 'SMTP_URL and SMTP_FROM are not set';

export type NotifyDeps = {
  bus: Bus;
  config: NotifyConfig;
  log: Logger;
  now: () => Date;
  /** Where people open the console, such as `https://aegis.example.com`. */
  consoleUrl: string;
  authorize: Authorize;
  resolve?: Resolve;
};

/** Being asked elsewhere: webhooks, Slack's form, e-mail. */
export type Notify = Operations & {
  start(): Promise<void>;
  stop(): Promise<void>;
  routes(): Route[];
  /** Sentences for people, empty when all is well. */
  problems(): string[];
};

/** @throws ConfigError where there is a mail server and no sender */
function mailServerOf({ SMTP_URL: url, SMTP_FROM: from }: NotifyConfig): MailServer | undefined {
  if (url === undefined) return undefined;
  if (from === undefined)
    throw new ConfigError('SMTP_FROM: is needed beside SMTP_URL: the sender of e-mails');
  return { url, from };
}

/** Why a target can not be told, by its field; undefined where it can. */
const problemOf =
  (allowedHosts: readonly string[], mailServer: MailServer | undefined) =>
  (target: Save['target']): string | undefined => {
    if (target.type === 'email') return mailServer ? undefined : `type: ${NO_MAIL}, so there is no e-mail`;
    const problem = problemOfUrl(target.url, allowedHosts);
    return problem && `url: ${problem}`;
  };

const recorder =
  ({ bus, now }: NotifyDeps) =>
  async (data: WebhookChanged, deadlineMs: number): Promise<void> => {
    const time = now().toISOString();
    const event = createEvent({ type: 'aegis.webhook.changed.v1', source: 'approvals', time, data });
    await bus.append.one({ subject: WEBHOOK_LOG, event }, deadlineMs);
  };

/** The parts, wired. */
function createParts(deps: NotifyDeps) {
  const { bus, config, log, now, resolve = resolveByDns } = deps;
  const allowedHosts = config.WEBHOOK_ALLOW_HOSTS;
  const mailServer = mailServerOf(config);
  const [lines, deliveries] = [createLines(bus), createDeliveryLog(bus)];
  const timeoutMs = config.WEBHOOK_TIMEOUT_MS;
  const attempt = createAttempt({ resolve, allowedHosts, mailServer, timeoutMs, now });
  const file = createWebhooksFile(config.WEBHOOKS_FILE, log, () => sending.arrange());
  const webhooks = createWebhooks({
    file,
    record: recorder(deps),
    problemOf: problemOf(allowedHosts, mailServer),
    log,
  });
  const disabling = createDisabling(webhooks, log);
  const sending = createSending({
    lines,
    startSender: (id) =>
      startSender(id, {
        lines,
        deliveries,
        attempt,
        entryOf: (webhookId) => file.entries().get(webhookId),
        disable: disabling.disable,
        waitsMs: config.WEBHOOK_RETRY_MS,
        now,
        log,
      }),
    current: () => file.entries(),
    mayTidy: () => file.isThere(),
    log,
  });
  return { lines, deliveries, attempt, file, webhooks, disabling, sending, mailServer };
}

export function createNotify(deps: NotifyDeps): Notify {
  const { bus, log, now, consoleUrl, authorize } = deps;
  const { lines, deliveries, attempt, file, webhooks, disabling, sending, mailServer } = createParts(deps);
  let outbox: Outbox | undefined;
  const lacksMail = () =>
    !mailServer &&
    file
      .entries()
      .values()
      .some(({ type }) => type === 'email');

  const notify: Notify = {
    list: () => Promise.resolve(webhooks.list()),
    save: (request, by, deadlineMs) => webhooks.save(request, by, deadlineMs),
    remove: (id, by, deadlineMs) => webhooks.remove(id, by, deadlineMs),
    async test(id, deadlineMs) {
      const trying = { attempt, deliveries, consoleUrl, now, log };
      return tryWebhook(trying, id, webhooks.find(id), deadlineMs);
    },
    async deliveries(id) {
      webhooks.find(id);
      return deliveries.of(id);
    },
    routes: () => webhookRoutes(notify, authorize),
    problems: () =>
      [
        file.problem,
        sending.problem,
        outbox?.problem,
        lacksMail() ? `a webhook is an e-mail, and ${NO_MAIL}` : undefined,
      ].filter((problem) => problem !== undefined),
    async start() {
      await file.start();
      await sending.arrange();
      outbox = startOutbox({ bus, lines, webhooks: () => sending.webhooks(), consoleUrl, log });
    },
    async stop() {
      file.stop();
      await outbox?.stop();
      await disabling.settled();
      await sending.stop();
      if (bus.isUp()) await bus.flush();
    },
  };
  return notify;
}
