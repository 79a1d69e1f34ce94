import { type Route, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { healthOf } from '@aegis/contracts/health';
import {
  type Delivery,
  notifierDeliveries,
  notifierList,
  notifierRemove,
  notifierSave,
  notifierTest,
} from '@aegis/contracts/webhooks';
import type { Webhooks } from './webhooks.ts';

/** What people do with webhooks. `by` is who changes something; deadlines are in milliseconds since the epoch. */
export type Operations = Pick<Webhooks, 'list' | 'save' | 'remove'> & {
  /** Sends a `webhook.test` at once, once. @throws AppError `not_found` */
  test(webhookId: string, deadlineMs?: number): Promise<Delivery>;
  /** The last 100 attempts, newest first. @throws AppError `not_found`, `storage_unavailable` */
  deliveries(webhookId: string): Promise<Delivery[]>;
};

/** `aegis.rpc.notifier.*`, asked by approvals alone, which knows who it is that asks. */
export const routes = (webhooks: Operations, health: Service['health']): Route[] => [
  route(notifierList, () => ({ webhooks: webhooks.list() })),
  route(notifierSave, ({ by, ...request }, { deadlineMs }) => webhooks.save(request, by, deadlineMs)),
  route(notifierRemove, async ({ webhook_id, by }, { deadlineMs }) => {
    await webhooks.remove(webhook_id, by, deadlineMs);
    return { ok: true as const };
  }),
  route(notifierTest, async ({ webhook_id }, { deadlineMs }) => ({
    delivery: await webhooks.test(webhook_id, deadlineMs),
  })),
  route(notifierDeliveries, async ({ webhook_id }) => ({
    deliveries: await webhooks.deliveries(webhook_id),
  })),
  route(healthOf('notifier'), health),
];
