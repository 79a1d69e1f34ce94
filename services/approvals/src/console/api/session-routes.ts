import { type OpenedView, type SessionView, SignIn } from '@aegis/contracts/console';
import { parseRequest } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import type { Approvers } from '../../people/approvers.ts';
import { sourceOfForm } from '../form.ts';
import type { Sessions } from '../sessions.ts';

export type SessionDeps = { sessions: Sessions; approvers: Approvers };

/** Signing in and out. */
export function sessionRoutes(app: FastifyInstance, { sessions, approvers }: SessionDeps): void {
  app.get('/session', async (request): Promise<SessionView> => sessions.view(sessions.require(request)));
  app.post('/session', async (request, reply): Promise<OpenedView> => {
    const { secret } = parseRequest(SignIn, request.body);
    const by = await approvers.authenticate({ secret, source: sourceOfForm(request) });
    const { session, pageToken } = sessions.open(by, reply, 'storage');
    return { ...sessions.view(session), page_token: pageToken };
  });
  app.post('/session/end', async (request, reply) => {
    sessions.end(sessions.require(request), reply);
    return {};
  });
}
