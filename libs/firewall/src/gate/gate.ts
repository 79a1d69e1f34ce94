import type { ClientInfo } from '@aegis/contracts/call';
import { membersOf } from '@aegis/kit/json';
import { describeReached, type OwnReach } from '@aegis/policy-engine';
import { errorResponse, INTERNAL_ERROR } from '../wire/errors.ts';
import type { Request } from '../wire/message.ts';
import { BLOCKED, sayNo } from './answers.ts';
import type { Circumstances, Disposition, Gate, GateOptions } from './api.ts';
import type { FirewallParts } from './firewall-parts.ts';
import { createDefinitions } from './pins/definitions.ts';
import { isJudged } from './read/call.ts';
import { type Caller, readCaller, toClientInfo } from './read/caller.ts';
import { createCallHandler } from './requests/handle-call.ts';
import { createListHandler } from './requests/handle-list.ts';
import { handleNoted, isNoted } from './requests/handle-noted.ts';
import { createProgress } from './review/progress.ts';
import { blocked, cannotDecide } from './sentences.ts';

const LISTEN = 'subscriptions/listen';
const MAX_ROOTS = 16;
const OTHERS: ReadonlySet<string> = new Set(['initialize', 'tools/list', LISTEN]);

/** Methods that only a request may have: a notification of this name is a call that nobody could answer. */
const needsId = (method: string): boolean => isJudged(method) || isNoted(method) || OTHERS.has(method);

/** The folders that a client gives a server to work in, which may take relative paths from there. */
function rootsIn(result: unknown): string[] | undefined {
  const { roots } = membersOf(result);
  if (!Array.isArray(roots)) return undefined;
  const uris = roots.map((root) => membersOf(root)['uri']);
  return uris.filter((uri) => typeof uri === 'string').slice(0, MAX_ROOTS);
}

/** Judges what one client says to one server. */
export function createGate(shared: FirewallParts, options: GateOptions): Gate {
  const { server, principal, askUpstream, folders } = options;
  const { recorder, pins, log, now } = shared;
  let roots: readonly string[] = [];
  const own: OwnReach = (value) => shared.own(value, [...folders, ...roots]);
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
  const calls = createCallHandler({ parts, options, definitions, progress, closing: closing.signal });
  const handleList = createListHandler({ parts, options, definitions });
  let named: ClientInfo | undefined;

  /** In the modern era each request says itself whose it is: a gate may serve many clients. */
  const clientOf = ({ isModern, client }: Caller): ClientInfo | undefined => {
    if (isModern) named = client;
    return named;
  };

  const refused = (because: string, message: Uint8Array): void =>
    recorder.refused({ server, principal, client: named }, because, message);

  /** For what no rule judges: nobody can be asked, either. */
  const deny = (request: Request, because: string): Disposition => {
    refused(because, Buffer.from(request.text));
    return { type: 'answer', text: sayNo(request, false, blocked([because])) };
  };

  const pass = async (request: Request, circumstances: Circumstances): Promise<Disposition> => {
    const { method, params, text } = request;
    if (method === 'initialize') named = toClientInfo(params?.['clientInfo']);
    const reached = isJudged(method) ? undefined : own(params);
    if (reached !== undefined) return deny(request, describeReached(reached));
    if (!needsId(method)) return { type: 'forward', text };
    const caller = readCaller(params);
    const client = clientOf(caller);
    // The era has no such method: without a URI there is nothing to judge, and the server says so itself.
    const isNoMethod = method === 'resources/subscribe' && caller.isModern && params?.['uri'] === undefined;
    if (isNoMethod) return handleNoted(parts, options, request, client);
    if (isJudged(method)) return calls.pass(request, caller, client, circumstances);
    if (method === 'initialize') return { type: 'forward', text };
    if (method === LISTEN) return calls.listen(request, caller, client);
    return isNoted(method)
      ? handleNoted(parts, options, request, client)
      : handleList(request, caller, client);
  };

  return {
    async request(request, circumstances) {
      try {
        return await pass(request, circumstances);
      } catch (err) {
        log.error({ err, method: request.method }, 'a request could not be judged');
        return { type: 'answer', text: errorResponse(request.rawId, INTERNAL_ERROR, cannotDecide(err)) };
      }
    },
    clientNotification({ method, params, text }) {
      const reached = needsId(method) ? undefined : own(params);
      if (!needsId(method) && reached === undefined) return 'forward';
      const because = reached === undefined ? `${method} without an id` : describeReached(reached);
      refused(because, Buffer.from(text));
      return 'drop';
    },
    clientResponse({ rawId, text, result, error }) {
      const reached = own({ result, error });
      if (reached === undefined) {
        roots = rootsIn(result) ?? roots;
        return text;
      }
      const because = describeReached(reached);
      refused(because, Buffer.from(text));
      return errorResponse(rawId, BLOCKED, blocked([because]));
    },
    serverNotification({ method, params }) {
      if (method === 'notifications/tools/list_changed') definitions.forget();
      return method === 'notifications/progress' && !progress.rises(params) ? 'drop' : 'forward';
    },
    refused,
    client: () => named,
    async close() {
      closing.abort();
      definitions.close();
      await calls.close();
    },
  };
}
