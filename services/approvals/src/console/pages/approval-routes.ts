import { ApprovalId, ApprovalStatus, Word } from '@aegis/contracts/approvals';
import { CATALOGUE, isErrorCode, parseRequest, toAppError } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import type { List } from '../../nats.ts';
import type { Loaded } from '../../store.ts';
import { ANSWER_WITHIN_MS, HTML, isForeign } from '../form.ts';
import { checkToken, type Sessions } from '../sessions.ts';
import { approvalPage, noSuchPage } from './approval-page.ts';
import { approvalsPage, rowFor } from './approvals-page.ts';
import type { Assets } from './assets.ts';
import type { Notice } from './layout.ts';
import { signInPage } from './sign-in-page.ts';

const ROWS = 50;

export type ApprovalRoutesDeps = {
  assets: Assets;
  sessions: Sessions;
  list: List;
  lifecycle: Lifecycle;
  useWithinMs: number;
};
type Query = { status?: string; before?: string; decided?: string; error?: string };

/** The word in a form, which is all text, and has fields beside it that say where it stands. @throws AppError `invalid_request` */
function wordIn(form: URLSearchParams | undefined): Word {
  const said = [...(form ?? [])].filter(([name]) => name in Word.shape);
  return parseRequest(
    Word,
    Object.fromEntries(said.map(([name, text]) => [name, name === 'revision' ? Number(text) : text])),
  );
}

/** The approval at an address; undefined where there is none. */
async function approvalAt(lifecycle: Lifecycle, id: string): Promise<Loaded | undefined> {
  if (!ApprovalId.safeParse(id).success) return undefined;
  try {
    return await lifecycle.get(id, Date.now() + ANSWER_WITHIN_MS);
  } catch (thrown) {
    if (toAppError(thrown).code === 'approval_not_found') return undefined;
    throw thrown;
  }
}

/** What the page says after a form was sent; the text is ours, never the address line's. */
const faultOf = ({ error }: Query): Notice | undefined =>
  error !== undefined && isErrorCode(error) ? { tone: 'bad', text: `${CATALOGUE[error].title}.` } : undefined;

function outcomeOf({ approval: { approval_id, status } }: Loaded): Notice {
  const isGood = ['approved', 'consumed', 'pending'].includes(status);
  const more = status === 'pending' ? ', until more people say yes' : '';
  return { tone: isGood ? 'good' : 'bad', text: `Approval ${approval_id} is ${status}${more}.` };
}

function listRoute(app: FastifyInstance, { assets, sessions, list, lifecycle }: ApprovalRoutesDeps): void {
  app.get<{ Querystring: Query }>('/ui/approvals', async (request, reply) => {
    const { query } = request;
    const session = sessions.of(request);
    void reply.type(HTML);
    if (!session) return signInPage(assets, '/ui/approvals', faultOf(query));
    const status = ApprovalStatus.safeParse(query.status).data;
    const wanted = { limit: ROWS, status, before: query.before };
    const page = await list(wanted, rowFor(session.csrf), Date.now() + ANSWER_WITHIN_MS);
    const decided = query.decided === undefined ? undefined : await approvalAt(lifecycle, query.decided);
    const notice = faultOf(query) ?? (decided && outcomeOf(decided));
    return approvalsPage(assets, { rows: page.items, next: page.next, status, notice });
  });
}

function oneRoute(app: FastifyInstance, deps: ApprovalRoutesDeps): void {
  const { assets, sessions, lifecycle, useWithinMs } = deps;
  app.get<{ Params: { id: string }; Querystring: Query }>('/ui/approvals/:id', async (request, reply) => {
    const { params, query } = request;
    void reply.type(HTML);
    const nothing = () => reply.code(404).send(noSuchPage());
    if (!ApprovalId.safeParse(params.id).success) return nothing();
    const session = sessions.of(request);
    if (!session) return signInPage(assets, `/ui/approvals/${params.id}`, faultOf(query));
    const loaded = await approvalAt(lifecycle, params.id);
    if (!loaded) return nothing();
    const notice = faultOf(query) ?? (query.decided === undefined ? undefined : outcomeOf(loaded));
    return approvalPage(assets, { loaded, useWithinMs, csrf: session.csrf, notice });
  });
}

/** The list, one approval, and the form that decides it: only a POST of our own page by somebody signed in does. */
export function approvalRoutes(app: FastifyInstance, deps: ApprovalRoutesDeps): void {
  listRoute(app, deps);
  oneRoute(app, deps);
  app.post<{ Params: { id: string }; Body: URLSearchParams | undefined }>(
    '/ui/approvals/:id',
    async (request, reply) => {
      const { id } = request.params;
      const own = request.body?.get('back') === 'own' && ApprovalId.safeParse(id).success;
      const page = own ? `/ui/approvals/${id}` : '/ui/approvals';
      try {
        if (isForeign(request.headers)) return await reply.redirect(`${page}?error=forbidden_origin`, 303);
        const session = deps.sessions.require(request);
        checkToken(session, request.body?.get('csrf_token'));
        const word = wordIn(request.body);
        const decided = await deps.lifecycle.decide(
          session.by,
          { ...word, id },
          Date.now() + ANSWER_WITHIN_MS,
        );
        const outcome = decided.counted ? `decided=${encodeURIComponent(id)}` : 'error=already_decided';
        return await reply.redirect(`${page}?${outcome}`, 303);
      } catch (thrown) {
        return reply.redirect(`${page}?error=${toAppError(thrown).code}`, 303);
      }
    },
  );
}
