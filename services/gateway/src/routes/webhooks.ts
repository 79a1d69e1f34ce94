import { fixtureOf } from '@aegis/contracts/fixture';
import {
  ListDeliveriesReply,
  ListWebhooksReply,
  RemoveWebhookReply,
  SaveWebhook,
  SaveWebhookReply,
  TestWebhookReply,
  WebhookId,
  webhooksDeliveries,
  webhooksList,
  webhooksRemove,
  webhooksSave,
  webhooksTest,
} from '@aegis/contracts/webhooks';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { credentialOf } from '../http/credential.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { SIGNED_IN } from '../openapi/security.ts';
import { BODY_FAULTS, CREDENTIAL_FAULTS, problems } from '../schemas/problem.ts';

const tags = ['webhooks'];

/** Without `secret` one is made, or the one it has stays. */
const WebhookBody = SaveWebhook.omit({ webhook_id: true, credential: true }).meta({
  id: 'SaveWebhook',
  description: 'Where to tell whom of what',
  examples: [{ target: fixtureOf(webhooksSave).request.target }],
});

const WebhookParams = z.strictObject({ id: WebhookId });

/** How long a test may take, in milliseconds: the answer has to wait for somebody else's server. */
export const TEST_WITHIN_MS = 20_000;

const one = (request: FastifyRequest<{ Params: { id: string } }>) => ({
  webhook_id: request.params.id,
  credential: credentialOf(request),
});

function readRoutes(app: App, { ask }: HttpDeps): void {
  const list = {
    tags,
    operationId: 'listWebhooks',
    summary: 'Who is told of approvals; no secret is shown',
    ...SIGNED_IN,
    response: { 200: ListWebhooksReply, ...problems([...CREDENTIAL_FAULTS, 503]) },
  };
  app.get('/webhooks', { schema: list }, (request) =>
    ask(webhooksList, { credential: credentialOf(request) }, request),
  );

  const deliveries = {
    tags,
    operationId: 'listDeliveries',
    summary: 'The last 100 attempts to tell it, newest first',
    ...SIGNED_IN,
    params: WebhookParams,
    response: { 200: ListDeliveriesReply, ...problems([...CREDENTIAL_FAULTS, 404, 422, 503]) },
  };
  app.get('/webhooks/:id/deliveries', { schema: deliveries }, (request) =>
    ask(webhooksDeliveries, one(request), request),
  );
}

function writeRoutes(app: App, { ask }: HttpDeps): void {
  const save = {
    tags,
    operationId: 'saveWebhook',
    summary: 'Make a webhook, or change it and let it be told again',
    description:
      'Signed as https://www.standardwebhooks.com has it. Without `secret` one is made and shown once, or the one it has ' +
      'stays. One that a file configures is 409: change it there.',
    ...SIGNED_IN,
    params: WebhookParams,
    body: WebhookBody,
    response: { 200: SaveWebhookReply, ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS, 409]) },
  };
  app.put('/webhooks/:id', { schema: save }, (request) =>
    ask(webhooksSave, { ...request.body, ...one(request) }, request),
  );

  const remove = {
    tags,
    operationId: 'removeWebhook',
    summary: 'Tell it nothing any more',
    ...SIGNED_IN,
    params: WebhookParams,
    response: { 200: RemoveWebhookReply, ...problems([...CREDENTIAL_FAULTS, 404, 409, 422, 503]) },
  };
  app.delete('/webhooks/:id', { schema: remove }, (request) => ask(webhooksRemove, one(request), request));

  const test = {
    tags,
    operationId: 'testWebhook',
    summary: 'Send it a `webhook.test` now, once, and say what came back',
    ...SIGNED_IN,
    params: WebhookParams,
    response: { 200: TestWebhookReply, ...problems([...CREDENTIAL_FAULTS, 404, 422, 503]) },
  };
  app.post('/webhooks/:id/test', { schema: test }, (request) =>
    ask(webhooksTest, one(request), request, TEST_WITHIN_MS),
  );
}

/** Who is told of what waits, for programs. */
export function webhookRoutes(app: App, deps: HttpDeps): void {
  readRoutes(app, deps);
  writeRoutes(app, deps);
}
