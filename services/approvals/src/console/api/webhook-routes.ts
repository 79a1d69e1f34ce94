import type { Bus } from '@aegis/bus';
import type { DeliveriesView, WebhooksView } from '@aegis/contracts/console';
import { notifierDeliveries, notifierList, notifierTest } from '@aegis/contracts/webhooks';
import type { FastifyInstance } from 'fastify';
import { requireOperator } from '../../domain/approver.ts';
import { soon } from '../form.ts';
import type { Sessions } from '../sessions.ts';

/** Somebody else's server may take as long as `WEBHOOK_TIMEOUT_MS` may say. */
const TEST_WITHIN_MS = 32_000;

export type WebhookDeps = { sessions: Sessions; bus: Pick<Bus, 'ask'> };
type Id = { Params: { id: string } };

/** Who is told, whether it works, and what became of it: asked of the notifier, which hears of no credential. */
export function webhookRoutes(app: FastifyInstance, { sessions, bus }: WebhookDeps): void {
  app.get('/webhooks', async (request): Promise<WebhooksView> => {
    requireOperator(sessions.require(request).by);
    return bus.ask(notifierList, {}, { deadlineMs: soon() });
  });
  app.post<Id>('/webhooks/:id/test', async (request) => {
    requireOperator(sessions.require(request).by);
    return bus.ask(
      notifierTest,
      { webhook_id: request.params.id },
      { deadlineMs: Date.now() + TEST_WITHIN_MS },
    );
  });
  app.get<Id>('/webhooks/:id/deliveries', async (request): Promise<DeliveriesView> => {
    requireOperator(sessions.require(request).by);
    return bus.ask(notifierDeliveries, { webhook_id: request.params.id }, { deadlineMs: soon() });
  });
}
