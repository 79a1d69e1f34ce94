import { PAGES } from '@aegis/console/pages';
import { ApprovalId, Word } from '@aegis/contracts/approvals';
import { AppError, parseRequest, toAppError } from '@aegis/kit/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import type { Approvers } from '../../people/approvers.ts';
import { isForeign, soon, sourceOfForm } from '../form.ts';
import type { Sessions } from '../sessions.ts';
import { CONSOLE, PAGES_OF_TOKEN, pagesOf } from './page.ts';

/** Where signing in may lead back to: our own pages. */
const OWN_PAGE = new RegExp(
  `^(${Object.values(PAGES)
    .map(({ path }) => path.replace(':id', 'apr_[a-z2-7]{26}'))
    .join('|')})$`,
);

export type FormRoutesDeps = { sessions: Sessions; approvers: Approvers; lifecycle: Lifecycle };
type Sent = FastifyRequest<{ Params: { id: string; token?: string }; Body: URLSearchParams | undefined }>;

/** The word in a form, which is all text, and has fields beside it. @throws AppError `invalid_request` */
function wordIn(form: URLSearchParams | undefined): Word {
  const said = [...(form ?? [])].filter(([name]) => name in Word.shape);
  return parseRequest(
    Word,
    Object.fromEntries(said.map(([name, text]) => [name, name === 'revision' ? Number(text) : text])),
  );
}

/** Does what a form of our own page says, and leads where that says; where it can't be done, to `back`, and says why. */
async function act(
  request: Sent,
  reply: FastifyReply,
  back: string,
  done: () => Promise<string>,
): Promise<FastifyReply> {
  try {
    if (isForeign(request.headers)) return await reply.redirect(`${back}?error=forbidden_origin`, 303);
    return await reply.redirect(await done(), 303);
  } catch (thrown) {
    return reply.redirect(`${back}?error=${toAppError(thrown).code}`, 303);
  }
}

/** Leads into the pages of a new session, whose addresses have its half: this browser keeps nothing else for us. */
function signInRoute(app: FastifyInstance, { sessions, approvers }: FormRoutesDeps): void {
  app.post(`${CONSOLE}/session`, (request: Sent, reply) => {
    const wanted = request.body?.get('back') ?? '';
    const back = OWN_PAGE.test(wanted) ? wanted : PAGES.inbox.path;
    return act(request, reply, back, async () => {
      const secret = request.body?.get('secret') ?? '';
      if (secret === '') throw new AppError('invalid_request', 'secret: is missing');
      const by = await approvers.authenticate({ secret, source: sourceOfForm(request) }).catch((thrown) => {
        throw toAppError(thrown).code === 'unauthorized'
          ? new AppError('wrong_code', 'secret: wrong')
          : thrown;
      });
      const { pageToken } = sessions.open(by, reply, 'path');
      return `${pagesOf(pageToken)}${back.slice(CONSOLE.length)}`;
    });
  });
}

/** One person's word. Without a half in the address, as a page of an older version sends it, it leads to the sign-in. */
function decideRoute(app: FastifyInstance, { sessions, lifecycle }: FormRoutesDeps, base: string): void {
  app.post(`${base}/approvals/:id`, (request: Sent, reply) => {
    const { id, token } = request.params;
    const inbox = `${token === undefined ? CONSOLE : pagesOf(token)}/approvals`;
    const back = ApprovalId.safeParse(id).success ? `${inbox}/${id}` : inbox;
    return act(request, reply, back, async () => {
      const session = sessions.require(request, token ?? '');
      const word = { ...wordIn(request.body), id };
      const { counted } = await lifecycle.decide(session.by, word, soon());
      return `${back}${counted ? '?decided=' : '?error=already_decided'}`;
    });
  });
}

/** Signing in and out, and one person's word, without scripts: only a POST of our own page does it. */
export function formRoutes(app: FastifyInstance, deps: FormRoutesDeps): void {
  const { sessions } = deps;
  signInRoute(app, deps);
  for (const base of [CONSOLE, PAGES_OF_TOKEN]) decideRoute(app, deps, base);
  app.post(`${PAGES_OF_TOKEN}/session/end`, (request: Sent, reply) =>
    act(request, reply, PAGES.inbox.path, async () => {
      sessions.end(sessions.require(request, request.params.token), reply);
      return PAGES.inbox.path;
    }),
  );
}
