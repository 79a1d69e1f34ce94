import type { DeliveriesView, WebhooksView } from '@aegis/contracts/console';
import { AppError } from '@aegis/kit/errors';
import type { Notify } from '@aegis/notifier/service';
import type { FastifyInstance } from 'fastify';
import { ADMIN, type Decider } from '../../domain/decider.ts';
import type { Sessions } from '../sessions.ts';
import { requirePerson } from './api-routes.ts';

export type WebhookDeps = { sessions: Sessions; notify: Pick<Notify, 'list' | 'test' | 'deliveries'> };
type Id = { Params: { id: string } };

function requireAdmin(by: Decider): void {
  if (by.roles.includes(ADMIN)) return;
  throw new AppError('not_an_approver', `This takes the role "${ADMIN}", and ${by.name} does not have it.`);
}

/** Who is told, whether it works, and what became of it. */
export function webhookRoutes(app: FastifyInstance, { sessions, notify }: WebhookDeps): void {
  app.get('/webhooks', async (request): Promise<WebhooksView> => {
    requireAdmin(sessions.require(request).by);
    return { webhooks: await notify.list() };
  });
  app.post<Id>('/webhooks/:id/test', async (request) => {
    requireAdmin(requirePerson(sessions, request).by);
    return { delivery: await notify.test(request.params.id) };
  });
  app.get<Id>('/webhooks/:id/deliveries', async (request): Promise<DeliveriesView> => {
    requireAdmin(sessions.require(request).by);
    return { deliveries: await notify.deliveries(request.params.id) };
  });
}
