import { describeReached, type OwnReach } from '@aegis/policy-engine';
import { errorResponse, INTERNAL_ERROR } from '../wire/errors.ts';
import type { Request } from '../wire/message.ts';
import { type JudgedAs, judgedAs } from '../wire/methods.ts';
import { BLOCKED, sayNo } from './answers.ts';
import type { Circumstances, Disposition, Gate, GateOptions } from './api.ts';
import type { FirewallParts } from './firewall-parts.ts';
import { createDefinitions } from './pins/definitions.ts';
import { LISTINGS } from './pins/lists.ts';
import { createClientNotices } from './questions/client-notices.ts';
import { createServerSide } from './questions/server-side.ts';
import { whyNot, withAnswerJudged } from './questions/with-answer-judged.ts';
import { type Caller, readCaller } from './read/caller.ts';
import { createRoots } from './read/roots.ts';
import { createSession } from './read/session.ts';
import { createCallHandler } from './requests/handle-call.ts';
import { mayShow } from './requests/handle-known.ts';
import { createListHandler } from './requests/handle-list.ts';
import { handleNoted } from './requests/handle-noted.ts';
import { createProgress } from './review/progress.ts';
import { blocked, cannotDecide, questionRefused } from './sentences.ts';

const LIST_OF_TOOLS = 'tools/list';
const SUBSCRIBING: ReadonlySet<string> = new Set(['resources/subscribe', 'resources/unsubscribe']);
/** What another revision has may be another thing to a server of this one. */
const NO_LISTENING = 'the revision that this session speaks has no subscriptions/listen';
const IS_OPEN = 'the session is open already: connect anew to begin another';

/** Judges what one client and one server say to each other. */
export function createGate(shared: FirewallParts, options: GateOptions): Gate {
  const { server, principal, askUpstream, folders } = options;
  const { recorder, pins, log, now } = shared;
  const roots = createRoots();
  const own: OwnReach = (value) => shared.own(value, [...folders, ...roots.all()]);
  const parts = { ...shared, own };
  const closing = new AbortController();
  const definitions = createDefinitions({
    server,
    principal,
    pins,
    askUpstream,
    now,
    refused: (because) => refused(because, Buffer.alloc(0)),
  });
  const progress = createProgress();
  const session = createSession();
  const calls = createCallHandler({ parts, options, definitions, progress, closing: closing.signal });
  const handleList = createListHandler({ parts, options, definitions });
  const serverSide = createServerSide({ parts, options });

  const refused = (because: string, message: Uint8Array): void =>
    recorder.refused({ server, principal, client: session.current.client }, because, message);
  const clientNotices = createClientNotices({ parts, options, refused });

  /** For what no rule judges: nobody can be asked, either. */
  const deny = (request: Request, because: string): Disposition => {
    refused(because, Buffer.from(request.text));
    return { type: 'answer', text: sayNo(request, false, blocked([because])) };
  };

  /** What only shows what there is, or goes on with what was let through. */
  const show = async (
    request: Request,
    caller: Caller,
    circumstances: Circumstances,
    as: JudgedAs,
  ): Promise<Disposition> => {
    const { client } = session.of(caller);
    const listing = LISTINGS.get(request.method);
    if (listing !== undefined && request.method === LIST_OF_TOOLS)
      return handleList(request, listing, caller, client);
    const ruling = await calls.ruling(request, caller, client, as);
    if (ruling === undefined || !mayShow(parts, options, request, as, ruling))
      return calls.pass(request, caller, client, circumstances, as);
    if (listing !== undefined) return handleList(request, listing, caller, client);
    if (as === 'listen') return calls.listen(request, caller, client);
    return as === 'task'
      ? handleNoted(parts, options, request, client)
      : { type: 'forward', text: request.text };
  };

  const pass = async (
    request: Request,
    caller: Caller,
    circumstances: Circumstances,
  ): Promise<Disposition> => {
    const { method, params, text } = request;
    const { client, revision } = session.of(caller);
    // The era has no such method: without a URI there is nothing to judge, and the server says so itself.
    const isNoMethod = SUBSCRIBING.has(method) && caller.isModern && params?.['uri'] === undefined;
    const as = isNoMethod ? undefined : judgedAs(method, revision);
    if (method === 'initialize' && session.isOpen) return deny(request, IS_OPEN);
    if (as === 'listen' && !caller.isModern) return deny(request, NO_LISTENING);
    if (as === undefined || as === 'named' || as === 'method')
      return calls.pass(request, caller, client, circumstances, as);
    const reached = own(params);
    if (reached !== undefined) return deny(request, describeReached(reached));
    if (as === 'passes' || as === 'open') return { type: 'forward', text };
    return show(request, caller, circumstances, as);
  };

  return {
    async request(request, circumstances) {
      const { rawId, method, params } = request;
      if (method === 'initialize' && !session.isOpen) session.opens(request);
      try {
        const caller = readCaller(params);
        const disposition = await pass(request, caller, circumstances);
        return withAnswerJudged(disposition, request, caller, (response) => {
          if (method === 'initialize') session.opened(response);
          return serverSide.answer(response, session.of(caller));
        });
      } catch (err) {
        log.error({ err, method }, 'a request could not be judged');
        return { type: 'answer', text: errorResponse(rawId, INTERNAL_ERROR, cannotDecide(err)) };
      }
    },
    clientNotification: (notification) => clientNotices(notification, session.current),
    serverRequest(request) {
      const because = whyNot(() => serverSide.request(request, session.current));
      if (because === undefined) return { type: 'forward' };
      return { type: 'answer', text: errorResponse(request.rawId, BLOCKED, questionRefused(because)) };
    },
    clientResponse({ rawId, text, result, error }) {
      const reached = own({ result, error });
      const because = reached === undefined ? roots.take(result) : describeReached(reached);
      if (because === undefined) return text;
      refused(because, Buffer.from(text));
      return errorResponse(rawId, BLOCKED, blocked([because]));
    },
    serverNotification(notification) {
      const { method, params } = notification;
      if (method === 'notifications/tools/list_changed') definitions.forget();
      if (method === 'notifications/progress') return progress.rises(params) ? 'forward' : 'drop';
      return whyNot(() => serverSide.notification(notification, session.current)) === undefined
        ? 'forward'
        : 'drop';
    },
    refused,
    client: () => session.current.client,
    async close() {
      closing.abort();
      definitions.close();
      await calls.close();
    },
  };
}
