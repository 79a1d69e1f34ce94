import { type SessionView, SignIn } from '@aegis/contracts/console';
import { parseRequest } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import type { Approvers } from '../../people/approvers.ts';
import { sourceOfForm } from '../form.ts';
import { checkToken, type Sessions } from '../sessions.ts';

export type SessionDeps = { sessions: Sessions; approvers: Approvers };

/** Signing in and out. */
export function sessionRoutes(app: FastifyInstance, { sessions, approvers }: SessionDeps): void {
  app.get('/session', async (request): Promise<SessionView> => sessions.view(sessions.require(request)));
  app.post('/session', async (request, reply): Promise<SessionView> => {
    const { secret } = parseRequest(SignIn, request.body);
    const by = await approvers.authenticate({ secret, source: sourceOfForm(request) });
    return sessions.view(sessions.open(by, reply));
  });
  app.post('/session/end', async (request, reply) => {
    const session = sessions.of(request);
    if (session) checkToken(session, request.headers['x-csrf-token']);
    sessions.end(session, reply);
    return {};
  });
}
