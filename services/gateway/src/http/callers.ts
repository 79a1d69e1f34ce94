import { isDeepStrictEqual } from 'node:util';
import { type Permit, restPermit } from '@aegis/contracts/access';
import { AppError } from '@aegis/kit/errors';
import { bearerOf, holderOf, identityKeyLook, keyDigest } from '@aegis/kit/keys';
import { osUserPrincipal } from '@aegis/kit/os-user';
import type { IdentityReplica } from '@aegis/replicas/identities';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Caller, callerOfHolder, NOBODY, requireRight, UNASKED } from './rights.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls: proved by their key, or nobody in particular. */
    caller: Caller;
    /** The same as the record has it: `key:<name>`, or `anonymous`. */
    principal: string;
  }
}

/** Who somebody is by what only the approvals service can check: an approver's key, the code, or a session. */
export type AskWho = (request: FastifyRequest) => Promise<Caller>;

export type CallersDeps = {
  readonly identities: Pick<IdentityReplica, 'holderOf' | 'isAsked'>;
  readonly askWho: AskWho;
  /** The key of whoever can read ours on this machine; undefined where there is none. */
  readonly localKey: () => string | undefined;
};

/** Whoever may read the firewall's own keys may read what it knows. */
const localUser = (): Caller => ({ principal: osUserPrincipal(), is: ['everybody', 'auditor'] });

const unauthorized = (detail: string): AppError => new AppError('unauthorized', detail);
const NO_KEY =
  'A key is needed here: send "Authorization: Bearer " and your key; "aegis keys create" makes one, of an agent too.';
const NO_AGENTS =
  'This is no key of an agent: "aegis keys create" makes one; those of "aegis keys add" are for MCP over HTTP.';

/** Whether the approvals service judges who it is, by the key or the code that comes with the request. */
const isJudged = ({ may }: Permit): boolean => !may.includes('anonymous') && !may.includes('everybody');
/** Whether it is for agents alone. */
const isAgents = ({ may }: Permit): boolean =>
  may.every((who) => ['anonymous', 'agent', 'own'].includes(who));

const hasSession = ({ headers }: FastifyRequest): boolean =>
  headers.cookie !== undefined && headers['x-page-token'] !== undefined;

async function callerWithout(deps: CallersDeps, permit: Permit, request: FastifyRequest): Promise<Caller> {
  // What a key of theirs opens, a page or a code opens at the service behind it.
  if (isJudged(permit) || permit.may.includes('everybody')) return NOBODY;
  if (!isAgents(permit) && hasSession(request)) return deps.askWho(request);
  if (await deps.identities.isAsked()) throw unauthorized(NO_KEY);
  return UNASKED;
}

async function callerOf(deps: CallersDeps, permit: Permit, request: FastifyRequest): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization === undefined) return callerWithout(deps, permit, request);
  const key = bearerOf(authorization);
  const own = deps.localKey();
  if (key !== undefined && own !== undefined && holderOf(key, [['own', keyDigest(own)]])) return localUser();
  const look = key === undefined ? 'none' : identityKeyLook(key);
  const isCode = isJudged(permit) || permit.may.includes('everybody');
  // Where a code is taken, what only begins like a key may be one.
  if (key !== undefined && (look === 'whole' || (look === 'damaged' && !isCode)))
    return callerOfHolder(await deps.identities.holderOf(key));
  if (isCode) return NOBODY;
  // What is sent and not a key would be a caller who takes it for a name.
  if (isAgents(permit)) throw unauthorized(NO_AGENTS);
  return deps.askWho(request);
}

/**
 * Who sends a request, where the table lets them.
 *
 * @throws AppError `unauthorized`, `forbidden`, `identities_unavailable`, and what the approvals service answers
 */
export async function authenticate(deps: CallersDeps, request: FastifyRequest): Promise<Caller> {
  const permit = permitOf(request);
  const caller = await callerOf(deps, permit, request);
  if (caller !== NOBODY) requireRight(permit, caller);
  return caller;
}

/** So often it is asked again who has a stream, where only the approvals service knows, in milliseconds. */
const ASK_AGAIN_MS = 1_000;

/** @throws AppError `unauthorized` where they are not who they were, and as {@link authenticate} */
async function requireSame(deps: CallersDeps, request: FastifyRequest): Promise<void> {
  const caller = await authenticate(deps, request);
  if (!isDeepStrictEqual(caller, request.caller))
    throw unauthorized('What you may do has changed: ask again.');
}

/** Whether the log of identities says when their right ends: of a key on it, and of who has none and no session. */
function isOnLog(request: FastifyRequest): boolean {
  const { authorization } = request.headers;
  if (authorization === undefined) return !hasSession(request);
  const key = bearerOf(authorization);
  return key !== undefined && identityKeyLook(key) === 'whole';
}

/**
 * Ends what stays open for a caller once they are not who they were: what the approvals service knows (a session, an
 * approver's key of the file) is asked again each second, and all of them once at the begin, since a right may have ended
 * while it was opened.
 *
 * @returns what stops it
 * @throws AppError as {@link authenticate}
 */
export async function watchCaller(
  deps: CallersDeps,
  request: FastifyRequest,
  end: () => void,
): Promise<() => void> {
  await requireSame(deps, request);
  if (isOnLog(request)) return () => undefined;
  let isAsking = false;
  const look = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    await requireSame(deps, request).catch(end);
    isAsking = false;
  };
  const timer = setInterval(() => void look(), ASK_AGAIN_MS).unref();
  return () => clearInterval(timer);
}

/** The row of a request's route: there is no route without one. */
export function permitOf({ method, routeOptions: { url = '' } }: FastifyRequest): Permit {
  return restPermit(method, url) ?? { may: [] };
}

/**
 * Has each request know who it comes from, before anything is done or read for it, and looks again once its body is there: a
 * key may have ended while that came in, or waited for its turn.
 */
export function nameCallers(
  app: Pick<FastifyInstance, 'addHook' | 'decorateRequest'>,
  deps: CallersDeps,
): void {
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      if (restPermit(one, url) === undefined)
        throw new RangeError(`${one} ${url} has no row in the table of who may what`);
  });
  app.decorateRequest('principal', NOBODY.principal);
  app.decorateRequest('caller');
  const name = async (request: FastifyRequest): Promise<void> => {
    request.caller = await authenticate(deps, request);
    request.principal = request.caller.principal;
  };
  app.addHook('onRequest', name);
  app.addHook('preHandler', name);
}
