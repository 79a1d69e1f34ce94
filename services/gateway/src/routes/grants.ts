import { GrantId } from '@aegis/contracts/approvals';
import { fixtureOf } from '@aegis/contracts/fixture';
import {
  approvalsGrant,
  approvalsGrants,
  approvalsRevoke,
  GrantReply,
  GrantWord,
  ListGrantsReply,
  onTheBus,
} from '@aegis/contracts/grants';
import { z } from 'zod';
import { credentialOf } from '../http/credential.ts';
import { revisionOf } from '../http/revision.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { SIGNED_IN } from '../openapi/security.ts';
import { BODY_FAULTS, CREDENTIAL_FAULTS, problems, STANDING } from '../schemas/problem.ts';
import { yesOrNo } from '../schemas/query.ts';
import { orAlreadyDecided } from './already-decided.ts';
import { DecideHeaders } from './decisions.ts';

const tags = ['grants'];

const word = GrantWord.shape;
const example = fixtureOf(approvalsGrant).request;
/** `If-Match` has the state. `for_minutes` is what `minutes` was called in 0.1. */
const GrantBody = z
  .strictObject({
    approval_id: z.string().min(1).max(200),
    minutes: word.minutes.optional(),
    for_minutes: word.minutes.optional(),
    pattern: word.pattern,
    reason: word.reason,
  })
  .refine((body) => (body.minutes === undefined) !== (body.for_minutes === undefined), {
    path: ['minutes'],
    message: 'expected exactly one of minutes and its older name, for_minutes',
  })
  .meta({
    id: 'GiveGrant',
    description: 'For which calls, and how long',
    examples: [
      { approval_id: example.approval_id, minutes: 30, pattern: example.pattern, reason: example.reason },
    ],
  });

const GrantsQuery = z.strictObject({ active: yesOrNo.optional() });
const GrantParams = z.strictObject({ id: GrantId });

function giveRoute(app: App, { ask }: HttpDeps): void {
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
    const { for_minutes = 0, minutes = for_minutes, ...rest } = request.body;
    const credential = credentialOf(request);
    const revision = revisionOf(request.headers['if-match']);
    const asked = { ...onTheBus({ ...rest, minutes }), revision, credential };
    return orAlreadyDecided(ask, request, reply, rest.approval_id, async () => {
      const given = await ask(approvalsGrant, asked, request);
      reply.code(201);
      return given;
    });
  });
}

/** What runs for a while without a person, for programs; people use the console. */
export function grantRoutes(app: App, deps: HttpDeps): void {
  const { ask } = deps;
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
    ask(approvalsGrants, { ...request.query, credential: credentialOf(request) }, request),
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
    ask(approvalsRevoke, { grant_id: request.params.id, credential: credentialOf(request) }, request),
  );
}
