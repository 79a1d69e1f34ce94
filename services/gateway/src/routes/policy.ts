import { fixtureOf } from '@aegis/contracts/fixture';
import {
  PolicyGetReply,
  PolicyMigrateReply,
  PolicyValidateReply,
  policyEffective,
  policyGet,
  policyMigrate,
  policyValidate,
} from '@aegis/contracts/policy';
import { z } from 'zod';
import type { App, HttpDeps } from '../http-deps.ts';
import { BODY_FAULTS, problems } from '../schemas/problem.ts';

const tags = ['policy'];

const example = fixtureOf(policyEffective).reply;
const PolicyDocument = z
  .record(z.string(), z.unknown())
  .meta({ id: 'Policy', description: 'A policy', examples: [example.policy] });

/** A policy as JSON; whether it is a good one is what the answer says. */
const PolicyBody = z.strictObject({ policy: z.record(z.string(), z.unknown()) }).meta({
  id: 'PolicyToTry',
  description: 'A policy to look at',
  examples: [example],
});

function readRoutes(app: App, { ask }: HttpDeps): void {
  const got = {
    tags,
    operationId: 'getPolicy',
    summary: 'The policy in force, where it is from, its digest and version',
    response: { 200: PolicyGetReply, ...problems([503]) },
  };
  app.get('/policy', { schema: got }, (request) => ask(policyGet, {}, request));

  const effective = {
    tags,
    operationId: 'getEffectivePolicy',
    summary: 'The policy itself: v2 as written, v1 with its defaults',
    response: { 200: PolicyDocument, ...problems([503]) },
  };
  app.get('/policy/effective', { schema: effective }, async (request) => {
    const { policy } = await ask(policyEffective, {}, request);
    return policy;
  });

  const validated = {
    tags,
    operationId: 'validateActivePolicy',
    summary: 'Is the policy in force valid?',
    response: { 200: PolicyValidateReply, ...problems([503]) },
  };
  app.get('/policy/validate', { schema: validated }, (request) => ask(policyValidate, {}, request));
}

function tryRoutes(app: App, { ask }: HttpDeps): void {
  const validate = {
    tags,
    operationId: 'validatePolicy',
    summary: 'Is this policy valid? A v1 policy is migrated in memory first',
    body: PolicyBody,
    response: { 200: PolicyValidateReply, ...problems(BODY_FAULTS) },
  };
  app.post('/policy/validate', { schema: validate }, (request) => ask(policyValidate, request.body, request));

  const migrate = {
    tags,
    operationId: 'migratePolicy',
    summary: 'This policy as version 2; nothing is stored',
    body: PolicyBody,
    response: { 200: PolicyMigrateReply, ...problems(BODY_FAULTS) },
  };
  app.post('/policy/migrate', { schema: migrate }, (request) => ask(policyMigrate, request.body, request));
}

/** The policy in force, and trying one out. */
export function policyRoutes(app: App, deps: HttpDeps): void {
  readRoutes(app, deps);
  tryRoutes(app, deps);
}
