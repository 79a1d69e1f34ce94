import {
  approvalsGrant,
  approvalsGrants,
  approvalsRevoke,
  GrantReply,
  ListGrantsReply,
  onTheBus,
} from '@aegis/contracts/grants';
import { credentialOf } from '../http/credential.ts';
import { contextOf } from '../http/request-context.ts';
import { revisionOf } from '../http/revision.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { SIGNED_IN } from '../openapi/security.ts';
import { DecideHeaders } from '../schemas/approvals.ts';
import { GrantBody, GrantParams, GrantsQuery } from '../schemas/grants.ts';
import { BODY_FAULTS, CREDENTIAL_FAULTS, problems, STANDING } from '../schemas/problem.ts';
import { approvalIdOf, orAlreadyDecided } from './already-decided.ts';

const tags = ['grants'];

function giveRoute(app: App, deps: HttpDeps): void {
  const schema = {
    tags,
    operationId: 'giveGrant',
    summary: 'Approve a call, and calls like it for a while',
    description:
      'For the agent that asked, so many `minutes`: 1 to 1440. `pattern` says which calls are like it; without it, the very ' +
      'same call. A deny rule still wins. `for_minutes` is the older name of `minutes`.',
    ...SIGNED_IN,
    headers: DecideHeaders,
    body: GrantBody,
    response: {
      201: GrantReply,
      ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS, 404, 412]),
      ...STANDING,
    },
  };
  app.post('/grants', { schema }, async (request, reply) => {
    const { approval_id: id, for_minutes = 0, minutes = for_minutes, ...rest } = request.body;
    const credential = credentialOf(request);
    const revision = revisionOf(request.headers['if-match']);
    const approval_id = await approvalIdOf(deps, request, id);
    const asked = { ...onTheBus({ ...rest, minutes }), approval_id, revision, credential };
    const context = contextOf(request.headers, deps.config.REQUEST_TIMEOUT_MS);
    return orAlreadyDecided(deps, request, reply, id, async () => {
      const given = await deps.bus.ask(approvalsGrant, asked, context);
      reply.code(201);
      return given;
    });
  });
}

/** What runs for a while without a person, for programs; people use the console. */
export function grantRoutes(app: App, deps: HttpDeps): void {
  const { bus, config } = deps;
  const within = config.REQUEST_TIMEOUT_MS;
  const list = {
    tags,
    operationId: 'listGrants',
    summary: 'Grants, newest first',
    description: '`active=true`: those that count now; `active=false`: those that no longer do.',
    ...SIGNED_IN,
    querystring: GrantsQuery,
    response: { 200: ListGrantsReply, ...problems([...CREDENTIAL_FAULTS, 422, 503]) },
  };
  app.get('/grants', { schema: list }, (request) =>
    bus.ask(
      approvalsGrants,
      { ...request.query, credential: credentialOf(request) },
      contextOf(request.headers, within),
    ),
  );
  giveRoute(app, deps);

  const revoke = {
    tags,
    operationId: 'revokeGrant',
    summary: 'End a grant: from now on a person is asked again',
    ...SIGNED_IN,
    params: GrantParams,
    response: { 200: GrantReply, ...problems([...CREDENTIAL_FAULTS, 404, 422, 503]) },
  };
  app.post('/grants/:id/revoke', { schema: revoke }, (request) =>
    bus.ask(
      approvalsRevoke,
      { grant_id: request.params.id, credential: credentialOf(request) },
      contextOf(request.headers, within),
    ),
  );
}
