import { restPermit } from '@aegis/contracts/access';
import { ANONYMOUS } from '@aegis/contracts/call';
import { AppError } from '@aegis/kit/errors';
import { bearerOf, identityKeyLook } from '@aegis/kit/keys';
import type { IdentityReplica } from '@aegis/replicas/identities';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls: `key:<name>`, proved by their key, or `anonymous`. */
    principal: string;
  }
}

/** What an agent does under its name, by method and path: where there is an agent with a key, nobody does it without one. */
const AGENTS: ReadonlySet<string> = new Set([
  'POST /guard/check',
  'POST /guard/enforce',
  'POST /audit',
  'POST /approvals/:id/cancel',
]);

export type CallersDeps = Pick<IdentityReplica, 'agentOf' | 'isAsked'>;

async function callerOf(identities: CallersDeps, request: FastifyRequest): Promise<string> {
  const { authorization } = request.headers;
  const isAgents = AGENTS.has(`${request.method} ${request.routeOptions.url}`);
  const key = bearerOf(authorization);
  const look = key === undefined ? 'none' : identityKeyLook(key);
  // Elsewhere it may be somebody's code, which may look like anything.
  if (key !== undefined && (look === 'whole' || (look === 'damaged' && isAgents)))
    return identities.agentOf(key);
  // What is sent and not a key would be a caller who takes it for a name.
  if (!isAgents || (authorization === undefined && !(await identities.isAsked()))) return ANONYMOUS;
  const detail =
    authorization === undefined
      ? 'A key is needed here: send "Authorization: Bearer " and the key of an agent; "aegis keys create" makes one.'
      : 'This is no key of an agent: "aegis keys create" makes one; those of "aegis keys add" are for MCP over HTTP.';
  throw new AppError('unauthorized', detail);
}

/**
 * Has each request know who it comes from, before anything is done or read for it, and looks again once its body is there: a
 * key may have ended while that came in, or waited for its turn.
 */
export function nameCallers(
  app: Pick<FastifyInstance, 'addHook' | 'decorateRequest'>,
  identities: CallersDeps,
): void {
  app.decorateRequest('principal', ANONYMOUS);
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      if (restPermit(one, url) === undefined)
        throw new RangeError(`${one} ${url} has no row in the table of who may what`);
  });
  const name = async (request: FastifyRequest): Promise<void> => {
    request.principal = await callerOf(identities, request);
  };
  app.addHook('onRequest', name);
  app.addHook('preHandler', name);
}
