import { PAGES } from '@aegis/console/pages';
import { ApprovalId, type DecideReply, Word } from '@aegis/contracts/approvals';
import { AppError, parseRequest, toAppError } from '@aegis/kit/errors';
import { html } from '@aegis/kit/text';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import type { Approvers } from '../../people/approvers.ts';
import { HTML, isForeign, soon, sourceOfForm } from '../form.ts';
import type { Session, Sessions } from '../sessions.ts';
import { CONSOLE, PAGES_OF_TOKEN, type Page, pagesOf, SAID_ALREADY } from './page.ts';

/** Where signing in may lead back to: our own pages. */
const OWN_PAGE = new RegExp(
  `^(${Object.values(PAGES)
    .map(({ path }) => path.replace(':id', 'apr_[a-z2-7]{26}'))
    .join('|')})$`,
);

export type FormRoutesDeps = { page: Page; sessions: Sessions; approvers: Approvers; lifecycle: Lifecycle };
type Sent = FastifyRequest<{ Params: { id: string; token?: string }; Body: URLSearchParams | undefined }>;

/** What is drawn is seen: it counts for that state alone. */
const Drawing = Word.omit({ verdict: true }).required({ revision: true });

/** What a form says of these fields, which is all text; it has others beside them. */
const saidIn = (form: URLSearchParams | undefined, shape: object): object =>
  Object.fromEntries(
    [...(form ?? [])]
      .filter(([name]) => name in shape)
      .map(([name, text]) => [name, name === 'revision' ? Number(text) : text]),
  );

/** Where it leads, or a page that is shown once. */
type Done = string | { readonly shown: string };

/** Does what a form of our own page says, and leads where that says; where it can't be done, to `back`, and says why. */
async function act(
  request: Sent,
  reply: FastifyReply,
  back: string,
  done: () => Promise<Done>,
): Promise<FastifyReply> {
  try {
    if (isForeign(request.headers)) return await reply.redirect(`${back}?error=forbidden_origin`, 303);
    const came = await done();
    if (typeof came === 'string') return await reply.redirect(came, 303);
    return await reply.type(HTML).send(came.shown);
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

/** Draws a code, and shows it on a page that nothing keeps. */
async function draw(
  { page, lifecycle }: FormRoutesDeps,
  { by }: Session,
  { body, params: { id } }: Sent,
  back: string,
): Promise<Done> {
  const drawn = await lifecycle.draw(
    by,
    { ...parseRequest(Drawing, saidIn(body, Drawing.shape)), id },
    soon(),
  );
  const { approval, code } = drawn;
  if (code === undefined || approval.status !== 'pending' || approval.code === undefined)
    return `${back}?error=${notCounted(drawn)}`;
  const text = `The code is ${code}, until ${approval.code.until}.`;
  const main = html`<p>Tell it to ${approval.call.principal}, who asked. It is shown here once, works once, and counts no
  more once another is drawn or the call is decided. <a href="${back}">The call</a></p>`;
  return { shown: page({ title: 'A code for one call', main, notice: { tone: 'good', text } }) };
}

/** Why a word did not count: it is over, or this person has said theirs. */
const notCounted = ({ approval }: DecideReply): string =>
  approval.status === 'pending' ? SAID_ALREADY : 'already_decided';

/** One person's word. Without a half in the address, as a page of an older version sends it, it leads to the sign-in. */
function decideRoute(app: FastifyInstance, deps: FormRoutesDeps, base: string): void {
  const { sessions, lifecycle } = deps;
  app.post(`${base}/approvals/:id`, (request: Sent, reply) => {
    const { id, token } = request.params;
    const inbox = `${token === undefined ? CONSOLE : pagesOf(token)}/approvals`;
    const back = ApprovalId.safeParse(id).success ? `${inbox}/${id}` : inbox;
    return act(request, reply, back, async () => {
      const session = sessions.require(request, token ?? '');
      if (request.body?.get('verdict') === 'code') return draw(deps, session, request, back);
      const said = await lifecycle.decide(
        session.by,
        { ...parseRequest(Word, saidIn(request.body, Word.shape)), id },
        soon(),
      );
      return `${back}${said.counted ? '?decided=' : `?error=${notCounted(said)}`}`;
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
