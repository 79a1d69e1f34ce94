import { PAGES } from '@aegis/console/pages';
import { type Approval, ApprovalId } from '@aegis/contracts/approvals';
import { CATALOGUE, isErrorCode, toAppError } from '@aegis/kit/errors';
import { type Html, html } from '@aegis/kit/text';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import type { List } from '../../nats.ts';
import type { Loaded } from '../../store.ts';
import { HTML, soon } from '../form.ts';
import type { Session, Sessions } from '../sessions.ts';
import { bytesOf, callOf } from './call.ts';
import { NEEDS_SCRIPTS, NOTHING_HERE, type Notice, type Page, signInForm } from './page.ts';

const LISTED = { limit: 50, status: 'pending', maxBytes: 700_000 } as const;
const INBOX = PAGES.inbox.path;

export type PageRoutesDeps = { page: Page; sessions: Sessions; list: List; lifecycle: Lifecycle };
type Query = { before?: string; decided?: string; error?: string };

/** The approval at an address; undefined where there is none. */
async function approvalAt(lifecycle: Lifecycle, id: string): Promise<Loaded<Approval> | undefined> {
  try {
    return await lifecycle.get(id, soon());
  } catch (thrown) {
    if (toAppError(thrown).code === 'approval_not_found') return undefined;
    throw thrown;
  }
}

/** What the page says after a form was sent; the text is ours, never the address line's. */
const faultOf = ({ error }: Query): Notice | undefined =>
  error !== undefined && isErrorCode(error) ? { tone: 'bad', text: `${CATALOGUE[error].title}.` } : undefined;

function outcomeOf({ state: { approval_id, status } }: Loaded<Approval>): Notice {
  const isGood = ['approved', 'consumed', 'pending'].includes(status);
  const more = status === 'pending' ? ', until more people say yes' : '';
  return { tone: isGood ? 'good' : 'bad', text: `Approval ${approval_id} is ${status}${more}.` };
}

/** What waits, newest first. */
async function listOf(list: List, { csrf }: Session, before: string | undefined): Promise<Html> {
  const shape = { ...LISTED, toItem: (one: Approval) => callOf(one, csrf), bytesOf };
  const { items, next } = await list({ ...LISTED, before }, shape, soon());
  if (items.length === 0) return html`<p>Nothing waits.</p>`;
  const older = next && html`<p><a rel="next" href="${INBOX}?before=${next}">Older</a></p>`;
  return html`${items}${older}`;
}

const nothingHere = (page: Page, reply: FastifyReply): FastifyReply =>
  reply.code(404).send(page({ title: 'Nothing here', main: NOTHING_HERE }));

function inboxRoute(app: FastifyInstance, { page, sessions, list }: PageRoutesDeps): void {
  app.get<{ Querystring: Query }>(INBOX, async (request, reply) => {
    void reply.type(HTML);
    const session = sessions.of(request);
    const notice = faultOf(request.query);
    if (!session) return page({ title: 'Sign in', main: signInForm(INBOX), notice });
    const main = await listOf(list, session, request.query.before);
    return page({ title: PAGES.inbox.title, main, notice });
  });
}

function approvalRoute(app: FastifyInstance, { page, sessions, lifecycle }: PageRoutesDeps): void {
  const { path, title } = PAGES.approval;
  app.get<{ Params: { id: string }; Querystring: Query }>(path, async (request, reply) => {
    const { params, query } = request;
    void reply.type(HTML);
    if (!ApprovalId.safeParse(params.id).success) return nothingHere(page, reply);
    const session = sessions.of(request);
    const fault = faultOf(query);
    if (!session) {
      return page({ title: 'Sign in', main: signInForm(`${INBOX}/${params.id}`), notice: fault });
    }
    const loaded = await approvalAt(lifecycle, params.id);
    if (!loaded) return nothingHere(page, reply);
    const notice = fault ?? (query.decided === undefined ? undefined : outcomeOf(loaded));
    const call = callOf(loaded.state, session.csrf, loaded.seq);
    return page({ title, main: html`${call}<p><a href="${INBOX}">What waits</a></p>`, notice });
  });
}

/** The console at each of its addresses; inside `noscript` what waits, and the form that decides it. */
export function pageRoutes(app: FastifyInstance, deps: PageRoutesDeps): void {
  const { page } = deps;
  app.setNotFoundHandler((_request, reply) => nothingHere(page, reply.type(HTML)));
  app.get('/ui/', (_request, reply) => reply.redirect(INBOX, 302));
  for (const { path, title } of Object.values(PAGES)) {
    if (path.startsWith(INBOX)) continue;
    app.get(path, (_request, reply) => reply.type(HTML).send(page({ title, main: NEEDS_SCRIPTS })));
  }
  inboxRoute(app, deps);
  approvalRoute(app, deps);
}
