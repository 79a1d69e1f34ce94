import { PAGES } from '@aegis/console/pages';
import { type Approval, ApprovalId } from '@aegis/contracts/approvals';
import { CATALOGUE, type ErrorCode, isErrorCode, toAppError } from '@aegis/kit/errors';
import { type Html, html } from '@aegis/kit/text';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Ground } from '../../ground.ts';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import type { List } from '../../nats.ts';
import type { Approvers } from '../../people/approvers.ts';
import type { Loaded } from '../../store.ts';
import { UnreadableError } from '../../unreadable.ts';
import { HTML, isForeign, soon } from '../form.ts';
import { createOneOrigin } from '../one-origin.ts';
import type { Session, Sessions } from '../sessions.ts';
import { waitingToolOf } from '../waiting-tool.ts';
import { bytesOf, callOf, cantBeRead } from './call.ts';
import {
  CONSOLE,
  type Notice,
  needsScripts,
  nothingHere,
  PAGES_OF_TOKEN,
  type Page,
  pagesOf,
  SAID_ALREADY,
  signedIn,
  signInForm,
} from './page.ts';

const LISTED = { limit: 50, status: 'pending', maxBytes: 700_000 } as const;
const INBOX = PAGES.inbox.path;

export type PageRoutesDeps = Pick<Ground, 'known'> & {
  page: Page;
  sessions: Sessions;
  approvers: Pick<Approvers, 'isNobody'>;
  list: List;
  lifecycle: Lifecycle;
  /** Where people find the console. */
  consoleUrl: string;
};
type Query = { before?: string; decided?: string; error?: string };
type Asked = FastifyRequest<{ Params: { token: string; id: string }; Querystring: Query }>;

/** The approval at an address, or why it can't be read; undefined where there is none. */
async function approvalAt(
  lifecycle: Lifecycle,
  id: string,
): Promise<Loaded<Approval> | UnreadableError | undefined> {
  try {
    return await lifecycle.get(id, soon());
  } catch (thrown) {
    if (toAppError(thrown).code === 'approval_not_found') return undefined;
    if (thrown instanceof UnreadableError) return thrown;
    throw thrown;
  }
}

/** What to do, where a title alone does not say it to somebody before a page. */
const TO_DO: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'Nobody is signed in here any more: sign in again.',
  wrong_code: 'The key or code is wrong.',
  precondition_failed:
    'It is not as you saw it: somebody said something since. Read it as it is now, and decide then.',
  invalid_request:
    'What was sent is not complete: fill in each field that is asked for, such as a reason, and send it again.',
};

/** What the page says after a form was sent; the text is ours, never the address line's. */
function faultOf({ error }: Query): Notice | undefined {
  if (error === SAID_ALREADY)
    return { tone: 'bad', text: 'You have said yes already, and count once: it takes somebody else.' };
  return error !== undefined && isErrorCode(error)
    ? { tone: 'bad', text: TO_DO[error] ?? `${CATALOGUE[error].title}.` }
    : undefined;
}

function outcomeOf({ state: { approval_id, status } }: Loaded<Approval>): Notice {
  const isGood = ['approved', 'consumed', 'pending'].includes(status);
  const more = status === 'pending' ? ', until more people say yes' : '';
  return { tone: isGood ? 'good' : 'bad', text: `Approval ${approval_id} is ${status}${more}.` };
}

/** What waits, newest first. */
async function listOf(deps: PageRoutesDeps, base: string, before: string | undefined): Promise<Html> {
  const { list } = deps;
  const isChanged = (one: Approval) => waitingToolOf(deps, one) !== undefined;
  const toItem = (one: Approval, because: string | undefined) => ({
    id: one.approval_id,
    shown: callOf(one, { base, isChanged: isChanged(one), unreadable: because }),
  });
  const shape = { ...LISTED, toItem, bytesOf: ({ shown }: { shown: Html }) => bytesOf(shown) };
  const { items, unreadable = [], next } = await list({ ...LISTED, before }, shape, soon());
  if (items.length + unreadable.length === 0) return html`<p>Nothing waits.</p>`;
  const shownIds = items.map(({ id }) => id);
  const others = unreadable.filter(({ approval_id }) => !shownIds.includes(approval_id));
  const older = next && html`<p><a rel="next" href="${base}/approvals?before=${next}">Older</a></p>`;
  return html`${others.map(({ because }) => cantBeRead(because))}${items.map(({ shown }) => shown)}${older}`;
}

const noPage = (page: Page, reply: FastifyReply, base: string): FastifyReply =>
  reply.code(404).send(page({ title: 'Nothing here', main: nothingHere(base) }));

const noWhole = (page: Page, reply: FastifyReply, base: string, { message, status }: UnreadableError) => {
  const main = html`${cantBeRead(message)}<p><a href="${base}/approvals">What waits</a></p>`;
  return reply.code(status).send(page({ title: PAGES.approval.title, main }));
};

const signIn = ({ page, approvers }: PageRoutesDeps, back: string, query: Query): string =>
  page({ title: 'Sign in', main: signInForm(back, approvers.isNobody), notice: faultOf(query) });

/**
 * Who is signed in at an address of their sign-in. Whoever leads there from elsewhere may have set the cookie too, so only
 * our own pages lead there: an address that was typed may be one that another page redirected to.
 */
const sessionAt = (sessions: Sessions, request: Asked): Session | undefined =>
  isForeign(request.headers) ? undefined : sessions.of(request, request.params.token);

/** The console, and inside `noscript` the sign-in: a navigation carries no half of a session, and so is told nothing. */
function consoleRoutes(app: FastifyInstance, deps: PageRoutesDeps): void {
  const { page, consoleUrl } = deps;
  const elsewhere = createOneOrigin(consoleUrl);
  app.addHook('onRequest', async ({ headers, url }, reply) => {
    const at = elsewhere(headers['x-forwarded-host'], url);
    return at === undefined ? undefined : reply.redirect(at, 302);
  });
  app.get(`${CONSOLE}/`, (_request, reply) => reply.redirect(INBOX, 302));
  for (const { path, title } of Object.values(PAGES)) {
    app.get(path, async ({ params, query }: Asked, reply) => {
      void reply.type(HTML);
      if (!path.startsWith(INBOX)) return page({ title, main: needsScripts(CONSOLE) });
      if (path === INBOX) return signIn(deps, INBOX, query);
      const isOne = ApprovalId.safeParse(params.id).success;
      return isOne ? signIn(deps, `${INBOX}/${params.id}`, query) : noPage(page, reply, CONSOLE);
    });
  }
}

/** The addresses of one sign-in that have nothing without scripts. */
function scriptedRoutes(app: FastifyInstance, page: Page): void {
  for (const { path, title } of Object.values(PAGES)) {
    if (path.startsWith(INBOX)) continue;
    app.get(path.slice(CONSOLE.length), ({ params }: Asked, reply) =>
      reply.type(HTML).send(page({ title, main: needsScripts(pagesOf(params.token)) })),
    );
  }
}

function inboxRoute(app: FastifyInstance, deps: PageRoutesDeps): void {
  const { page, sessions } = deps;
  app.get('/approvals', async (request: Asked, reply) => {
    void reply.type(HTML);
    const session = sessionAt(sessions, request);
    if (!session) return signIn(deps, INBOX, request.query);
    const base = pagesOf(request.params.token);
    const waiting = await listOf(deps, base, request.query.before);
    const main = html`${waiting}${signedIn(session.by.name, base)}`;
    return page({ title: PAGES.inbox.title, main, notice: faultOf(request.query) });
  });
}

function approvalRoute(app: FastifyInstance, deps: PageRoutesDeps): void {
  const { page, sessions, lifecycle } = deps;
  app.get('/approvals/:id', async (request: Asked, reply) => {
    const { params, query } = request;
    void reply.type(HTML);
    const base = pagesOf(params.token);
    if (!ApprovalId.safeParse(params.id).success) return noPage(page, reply, base);
    const session = sessionAt(sessions, request);
    if (!session) return signIn(deps, `${INBOX}/${params.id}`, query);
    const loaded = await approvalAt(lifecycle, params.id);
    if (!loaded) return noPage(page, reply, base);
    if (loaded instanceof UnreadableError) return noWhole(page, reply, base, loaded);
    const notice = faultOf(query) ?? (query.decided === undefined ? undefined : outcomeOf(loaded));
    const isChanged = waitingToolOf(deps, loaded.state) !== undefined;
    const call = callOf(loaded.state, { base, revision: loaded.seq, isChanged });
    const more = html`<p><a href="${base}/approvals">What waits</a></p>${signedIn(session.by.name, base)}`;
    return page({ title: PAGES.approval.title, main: html`${call}${more}`, notice });
  });
}

/** The console at each of its addresses, and below those of one sign-in what there is without scripts. */
export function pageRoutes(app: FastifyInstance, deps: PageRoutesDeps): void {
  const { page } = deps;
  app.setNotFoundHandler((_request, reply) => noPage(page, reply.type(HTML), CONSOLE));
  app.register(async (shell) => consoleRoutes(shell, deps));
  app.register(
    async (plain) => {
      plain.addHook('onRequest', async (request, reply) => deps.sessions.refuseTwo(request, reply));
      inboxRoute(plain, deps);
      approvalRoute(plain, deps);
      scriptedRoutes(plain, page);
    },
    { prefix: PAGES_OF_TOKEN },
  );
}
