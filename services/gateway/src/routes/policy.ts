import { fixtureOf } from '@aegis/contracts/fixture';
import {
  approvalsEnds,
  PolicyGetReply,
  PolicyMigrateReply,
  PolicyValidateReply,
  policyEffective,
  policyGet,
  policyMigrate,
  policyValidate,
} from '@aegis/contracts/policy';
import { AppError } from '@aegis/kit/errors';
import { createWorkerThread } from '@aegis/kit/worker';
import { z } from 'zod';
import { acceptJson } from '../http/json-body.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { PolicyBody } from '../schemas/policy-body.ts';
import { BODY_FAULTS, CREDENTIAL_FAULTS, problems } from '../schemas/problem.ts';

/** Trying a policy out may wait for a thread to begin, and for others' trials, in milliseconds. */
const TRY_WITHIN_MS = 5_000;
/** A policy is as much as a caller can send: it is read beside the event loop. */
const READER = new URL('./policy-worker.ts', import.meta.url);

/** The policy is valid all the same. */
const NOT_TOLD = 'Which waiting calls and grants it would end can not be told now: try again';

const tags = ['policy'];

const example = fixtureOf(policyEffective).reply;
const PolicyDocument = z
  .record(z.string(), z.unknown())
  .meta({ id: 'Policy', description: 'A policy', examples: [example.policy] });

function readRoutes(app: App, { ask }: HttpDeps): void {
  const got = {
    tags,
    operationId: 'getPolicy',
    summary: 'The policy in force, where it is from, its digest and version',
    response: { 200: PolicyGetReply, ...problems([...CREDENTIAL_FAULTS, 503]) },
  };
  app.get('/policy', { schema: got }, (request) => ask(policyGet, {}, request));

  const effective = {
    tags,
    operationId: 'getEffectivePolicy',
    summary: 'The policy itself: v2 as written, v1 with its defaults',
    response: { 200: PolicyDocument, ...problems([...CREDENTIAL_FAULTS, 503]) },
  };
  app.get('/policy/effective', { schema: effective }, async (request) => {
    const { policy } = await ask(policyEffective, {}, request);
    return policy;
  });

  const validated = {
    tags,
    operationId: 'validateActivePolicy',
    summary: 'Is the policy in force valid?',
    response: { 200: PolicyValidateReply, ...problems([...CREDENTIAL_FAULTS, 503]) },
  };
  app.get('/policy/validate', { schema: validated }, (request) => ask(policyValidate, {}, request));
}

/** A body that was read in a worker is JSON text, and is passed on as it is. */
function textOf({ body }: { readonly body: unknown }): string {
  if (typeof body === 'string') return body;
  throw new AppError('invalid_request', 'body: a JSON object is required');
}

/** Its body was checked where it was read. */
const validatorCompiler = () => () => true;

function tryRoutes(app: App, { askText, door }: HttpDeps): void {
  const reader = createWorkerThread(READER);
  app.addHook('onClose', async () => reader.stop());
  acceptJson(app, async (request, body) => {
    await door.weigh(request, body);
    return reader.run(body, Date.now() + TRY_WITHIN_MS);
  });
  const validate = {
    tags,
    operationId: 'validatePolicy',
    summary: 'Is this policy valid? A v1 policy is migrated in memory first',
    body: PolicyBody,
    response: { 200: PolicyValidateReply, ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS]) },
  };
  app.post('/policy/validate', { schema: validate, validatorCompiler }, async (request) => {
    const text = textOf(request);
    const said = await askText(policyValidate, text, request, TRY_WITHIN_MS);
    if (!said.ok) return said;
    const ends = await askText(approvalsEnds, text, request, TRY_WITHIN_MS).catch(() => undefined);
    return ends === undefined ? { ...said, notes: [...said.notes, NOT_TOLD] } : { ...said, ends };
  });

  const migrate = {
    tags,
    operationId: 'migratePolicy',
    summary: 'This policy as version 2; nothing is stored',
    body: PolicyBody,
    response: { 200: PolicyMigrateReply, ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS]) },
  };
  app.post('/policy/migrate', { schema: migrate, validatorCompiler }, (request) =>
    askText(policyMigrate, textOf(request), request, TRY_WITHIN_MS),
  );
}

/** The policy in force, and trying one out. */
export function policyRoutes(app: App, deps: HttpDeps): void {
  readRoutes(app, deps);
  app.register(async (part) => tryRoutes(part as App, deps));
}
