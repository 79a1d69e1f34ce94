import { AppError, fromFastify, toProblem } from '@aegis/kit/errors';
import { MAX_DEPTH, MAX_SENT_ITEMS, parseStrictJson } from '@aegis/kit/json';
import type { Logger } from '@aegis/kit/logger';
import type { FastifyInstance } from 'fastify';
import { isForeign } from '../form.ts';
import { type ApiDeps, apiRoutes } from './api-routes.ts';
import { type FirstApproverDeps, firstApproverRoutes } from './first-approver-routes.ts';
import { type SessionDeps, sessionRoutes } from './session-routes.ts';
import { type ToolDeps, toolRoutes } from './tool-routes.ts';
import { type WebhookDeps, webhookRoutes } from './webhook-routes.ts';

/** A pattern of a grant names arguments as they are. */
const LARGEST_BYTES = 1_048_576;

export type ConsoleDeps = ApiDeps &
  SessionDeps &
  FirstApproverDeps &
  ToolDeps &
  WebhookDeps & { log: Logger };

/** What the console's script asks for: JSON in and out, faults as problem details. */
export function consoleApi(app: FastifyInstance, deps: ConsoleDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: LARGEST_BYTES },
    async (_request: unknown, body: string) => parseStrictJson(body, MAX_DEPTH, MAX_SENT_ITEMS),
  );
  // Pages of other ports are of the same site, and their browser adds the cookie.
  app.addHook('onRequest', async (request, reply) => {
    deps.sessions.refuseTwo(request, reply);
    if (isForeign(request.headers))
      throw new AppError('forbidden_origin', 'Another page asks, or an address line.');
  });
  app.setErrorHandler((thrown, request, reply) => {
    const problem = toProblem(fromFastify(thrown), request.url.split('?', 1)[0]);
    if (problem.code === 'internal') deps.log.error({ err: thrown }, 'console failed');
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
  app.setNotFoundHandler(() => {
    throw new AppError('not_found', 'No such path under /ui/api/.');
  });
  sessionRoutes(app, deps);
  firstApproverRoutes(app, deps);
  apiRoutes(app, deps);
  toolRoutes(app, deps);
  webhookRoutes(app, deps);
}
