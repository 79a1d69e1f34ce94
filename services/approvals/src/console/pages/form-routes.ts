import { PAGES } from '@aegis/console/pages';
import { ApprovalId, Word } from '@aegis/contracts/approvals';
import { AppError, parseRequest, toAppError } from '@aegis/kit/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import type { Approvers } from '../../people/approvers.ts';
import { isForeign, soon, sourceOfForm } from '../form.ts';
import { checkToken, type Sessions } from '../sessions.ts';

/** Where signing in may lead back to: our own pages. */
const OWN_PAGE = new RegExp(
  `^(${Object.values(PAGES)
    .map(({ path }) => path.replace(':id', 'apr_[a-z2-7]{26}'))
    .join('|')})$`,
);

export type FormRoutesDeps = { sessions: Sessions; approvers: Approvers; lifecycle: Lifecycle };
type Sent = FastifyRequest<{ Params: { id: string }; Body: URLSearchParams | undefined }>;

/** The word in a form, which is all text, and has fields beside it. @throws AppError `invalid_request` */
function wordIn(form: URLSearchParams | undefined): Word {
  const said = [...(form ?? [])].filter(([name]) => name in Word.shape);
  return parseRequest(
    Word,
    Object.fromEntries(said.map(([name, text]) => [name, name === 'revision' ? Number(text) : text])),
  );
}

/** Does what a form of our own page says, and leads to `back`, which is told what came of it. */
async function act(
  request: Sent,
  reply: FastifyReply,
  back: string,
  toQuery: () => Promise<string>,
): Promise<FastifyReply> {
  try {
    if (isForeign(request.headers)) return await reply.redirect(`${back}?error=forbidden_origin`, 303);
    return await reply.redirect(`${back}${await toQuery()}`, 303);
  } catch (thrown) {
    return reply.redirect(`${back}?error=${toAppError(thrown).code}`, 303);
  }
}

/** Signing in, and one person's word, without scripts: only a POST of our own page decides, by somebody signed in. */
export function formRoutes(app: FastifyInstance, { sessions, approvers, lifecycle }: FormRoutesDeps): void {
  app.post('/ui/session', (request: Sent, reply) => {
    const wanted = request.body?.get('back') ?? '';
    return act(request, reply, OWN_PAGE.test(wanted) ? wanted : PAGES.inbox.path, async () => {
      const secret = request.body?.get('secret') ?? '';
      if (secret === '') return '?error=invalid_request';
      const by = await approvers.authenticate({ secret, source: sourceOfForm(request) }).catch((thrown) => {
        throw toAppError(thrown).code === 'unauthorized'
          ? new AppError('wrong_code', 'secret: wrong')
          : thrown;
      });
      sessions.open(by, reply);
      return '';
    });
  });
  app.post(PAGES.approval.path, (request: Sent, reply) => {
    const { id } = request.params;
    const isOne = ApprovalId.safeParse(id).success;
    return act(request, reply, isOne ? `${PAGES.inbox.path}/${id}` : PAGES.inbox.path, async () => {
      const session = sessions.require(request);
      checkToken(session, request.body?.get('csrf_token'));
      const word = { ...wordIn(request.body), id };
      const { counted } = await lifecycle.decide(session.by, word, soon());
      return counted ? '?decided=' : '?error=already_decided';
    });
  });
}
