import { toAppError } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import type { Approvers } from '../../people/approvers.ts';
import { isForeign, sourceOfForm } from '../form.ts';
import type { Sessions } from '../sessions.ts';

/** Where a form may lead back to: our own pages. */
const OWN_PAGE = /^\/ui\/(approvals(\/apr_[a-z2-7]{26})?|tools|history|grants|webhooks)$/;

/** Signing in without scripts. */
export function sessionForm(
  app: FastifyInstance,
  { sessions, approvers }: { sessions: Sessions; approvers: Approvers },
): void {
  app.post<{ Body: URLSearchParams | undefined }>('/ui/session', async (request, reply) => {
    const wanted = request.body?.get('back') ?? '';
    const back = OWN_PAGE.test(wanted) ? wanted : '/ui/approvals';
    const secret = request.body?.get('secret') ?? '';
    if (isForeign(request.headers)) return reply.redirect(`${back}?error=forbidden_origin`, 303);
    if (secret === '') return reply.redirect(`${back}?error=invalid_request`, 303);
    try {
      const by = await approvers.authenticate({ secret, source: sourceOfForm(request) });
      sessions.open(by, reply);
    } catch (thrown) {
      const { code } = toAppError(thrown);
      return reply.redirect(`${back}?error=${code === 'unauthorized' ? 'wrong_code' : code}`, 303);
    }
    return reply.redirect(back, 303);
  });
}
