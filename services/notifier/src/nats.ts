import { type Route, route } from '@aegis/bus';
import {
  webhooksDeliveries,
  webhooksList,
  webhooksRemove,
  webhooksSave,
  webhooksTest,
} from '@aegis/contracts/webhooks';
import type { Authorize, Operations } from './operations.ts';

/** The webhooks' ways in on the bus. Nobody is told anything before it is known who asks. */
export const webhookRoutes = (notify: Operations, authorize: Authorize): Route[] => [
  route(webhooksList, async ({ credential }) => {
    await authorize(credential);
    return { webhooks: await notify.list() };
  }),
  route(webhooksSave, async ({ credential, ...request }, { deadlineMs }) => {
    const { name } = await authorize(credential);
    return notify.save(request, name, deadlineMs);
  }),
  route(webhooksRemove, async ({ credential, webhook_id }, { deadlineMs }) => {
    const { name } = await authorize(credential);
    await notify.remove(webhook_id, name, deadlineMs);
    return { ok: true as const };
  }),
  route(webhooksTest, async ({ credential, webhook_id }, { deadlineMs }) => {
    await authorize(credential);
    return { delivery: await notify.test(webhook_id, deadlineMs) };
  }),
  route(webhooksDeliveries, async ({ credential, webhook_id }) => {
    await authorize(credential);
    return { deliveries: await notify.deliveries(webhook_id) };
  }),
];
