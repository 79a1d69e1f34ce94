import { type Bus, type RequestContext, type Route, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { approvalsAuthorize, type Credential } from '@aegis/contracts/approvals';
import { healthOf } from '@aegis/contracts/health';
import {
  consoleDeliveries,
  consoleTest,
  consoleWebhooks,
  type Delivery,
  webhooksDeliveries,
  webhooksList,
  webhooksRemove,
  webhooksSave,
  webhooksTest,
} from '@aegis/contracts/webhooks';
import { AppError } from '@aegis/kit/errors';
import type { Webhooks } from './webhooks.ts';

/** Time to answer in, of what the asker gives. */
const ANSWER_MS = 200;

/** What people do with webhooks. `by` is who changes something; deadlines are in milliseconds since the epoch. */
export type Operations = Pick<Webhooks, 'list' | 'save' | 'remove'> & {
  /** Sends a `webhook.test` at once, once. @throws AppError `not_found` */
  test(webhookId: string, deadlineMs?: number): Promise<Delivery>;
  /** The last 100 attempts, newest first. @throws AppError `not_found`, `storage_unavailable` */
  deliveries(webhookId: string): Promise<Delivery[]>;
};

/** Asks approvals who it is. @throws AppError where they may not change webhooks, or nobody can say whether they may */
const authorize =
  (bus: Pick<Bus, 'ask'>) =>
  async (credential: Credential, { deadlineMs }: RequestContext): Promise<{ name: string }> => {
    try {
      return await bus.ask(approvalsAuthorize, { credential }, { deadlineMs: deadlineMs - ANSWER_MS });
    } catch (thrown) {
      if ((thrown as Partial<AppError>).code !== 'approvals_unavailable') throw thrown;
      const detail =
        'The approvals service does not say whether you may see and change webhooks: nothing was done.';
      throw new AppError('approvals_unavailable', detail, { cause: thrown });
    }
  };

/**
 * `aegis.rpc.notifier.*`. Nobody is told or may change anything before it is known who asks; that of the console is known.
 */
export function routes(bus: Pick<Bus, 'ask'>, webhooks: Operations, health: Service['health']): Route[] {
  const allowed = authorize(bus);
  return [
    route(webhooksList, async ({ credential }, context) => {
      await allowed(credential, context);
      return { webhooks: webhooks.list() };
    }),
    route(webhooksSave, async ({ credential, ...request }, context) => {
      const { name } = await allowed(credential, context);
      return webhooks.save(request, name, context.deadlineMs);
    }),
    route(webhooksRemove, async ({ credential, webhook_id }, context) => {
      const { name } = await allowed(credential, context);
      await webhooks.remove(webhook_id, name, context.deadlineMs);
      return { ok: true as const };
    }),
    route(webhooksTest, async ({ credential, webhook_id }, context) => {
      await allowed(credential, context);
      return { delivery: await webhooks.test(webhook_id, context.deadlineMs) };
    }),
    route(webhooksDeliveries, async ({ credential, webhook_id }, context) => {
      await allowed(credential, context);
      return { deliveries: await webhooks.deliveries(webhook_id) };
    }),
    route(consoleWebhooks, () => ({ webhooks: webhooks.list() })),
    route(consoleTest, async ({ webhook_id }, { deadlineMs }) => ({
      delivery: await webhooks.test(webhook_id, deadlineMs),
    })),
    route(consoleDeliveries, async ({ webhook_id }) => ({
      deliveries: await webhooks.deliveries(webhook_id),
    })),
    route(healthOf('notifier'), health),
  ];
}
