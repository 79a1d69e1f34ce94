import { QueryAuditReply, WriteAuditReply } from '@aegis/contracts/audit';
import { AmountCents } from '@aegis/contracts/call';
import { CheckReply, EnforceReply } from '@aegis/contracts/decision';
import { GrantReply, ListGrantsReply } from '@aegis/contracts/grants';
import { PolicyGetReply, PolicyMigrateReply, PolicyValidateReply } from '@aegis/contracts/policy';
import { AcceptToolReply, ListToolsReply, QuarantinedTool } from '@aegis/contracts/tool-definition';
import {
  ListDeliveriesReply,
  ListWebhooksReply,
  RemoveWebhookReply,
  SaveWebhookReply,
  TestWebhookReply,
} from '@aegis/contracts/webhooks';
import { z } from 'zod';
import {
  ApprovalItem,
  ApprovalList,
  CancelBody,
  CompleteBody,
  CompleteResult,
  DecideBody,
} from '../schemas/approvals.ts';
import { AuditBody } from '../schemas/audit.ts';
import { GrantBody } from '../schemas/grants.ts';
import { CheckBody, EnforceBody } from '../schemas/guard.ts';
import { HealthDegraded, HealthOk } from '../schemas/health.ts';
import { PolicyBody, PolicyDocument } from '../schemas/policy.ts';
import { GuardProblem, Problem, StandingProblem } from '../schemas/problem.ts';
import { AcceptBody } from '../schemas/tools.ts';
import { WebhookBody } from '../schemas/webhooks.ts';
import * as asked from './approval-examples.ts';
import * as examples from './examples.ts';

/** What the API's description knows of a schema: its name, what it means, one example. */
type Named = { id: string; description: string; examples: unknown[] };
/** What a schema's own checks say in code and not in JSON Schema. */
type Range = { type: 'integer'; minimum: number; maximum: number };

/** The schemas that the description names; a test holds each example against its schema. */
export const NAMED: readonly [z.ZodType, Named][] = [
  [CheckBody, named('Check', 'A call that somebody thinks of making', examples.check)],
  [CheckReply, named('CheckReply', "The policy's answer", examples.checkReply)],
  [EnforceBody, named('Enforce', 'A call that somebody wants to make now', examples.enforce)],
  [EnforceReply, named('EnforceReply', 'Allowed, pending or blocked: on record', examples.enforceReply)],
  [PolicyBody, named('PolicyToTry', 'A policy to look at', { policy: examples.policy })],
  [PolicyDocument, named('Policy', 'A policy', examples.policy)],
  [PolicyGetReply, named('PolicyInForce', 'The policy in force', examples.policyInForce)],
  [
    PolicyValidateReply,
    named('PolicyValidity', 'What is wrong with it, if anything', examples.policyValidity),
  ],
  [PolicyMigrateReply, named('MigratedPolicy', 'The policy as version 2', examples.migratedPolicy)],
  [ApprovalItem, named('Approval', 'An approval', examples.approval)],
  [ApprovalList, named('Approvals', 'A page of approvals', { approvals: [examples.approval] })],
  [CompleteBody, named('Complete', 'An id and the code', examples.complete)],
  [CompleteResult, named('CompleteResult', 'The standing decision', examples.completeResult)],
  [DecideBody, named('Decide', 'Why, where somebody has to say so', { reason: 'The customer called us.' })],
  [CancelBody, named('Cancel', 'Why it is not needed any more', { reason: 'The order was changed.' })],
  [StandingProblem, named('StandingProblem', 'Nothing was decided: it stands otherwise', asked.standing)],
  [GrantBody, named('GiveGrant', 'For which calls, and how long', asked.giveGrant)],
  [GrantReply, named('GrantReply', 'A grant', { grant: asked.grant })],
  [ListGrantsReply, named('Grants', 'Grants, newest first', { grants: [asked.grant] })],
  [WebhookBody, named('SaveWebhook', 'Where to tell whom of what', { target: asked.webhook.target })],
  [SaveWebhookReply, named('WebhookSaved', 'It is told from now on', asked.webhookSaved)],
  [ListWebhooksReply, named('Webhooks', 'Who is told', { webhooks: [asked.webhook] })],
  [RemoveWebhookReply, named('WebhookRemoved', 'It is told nothing any more', { ok: true })],
  [TestWebhookReply, named('WebhookTested', 'What came back', { delivery: asked.delivery })],
  [ListDeliveriesReply, named('Deliveries', 'Attempts, newest first', { deliveries: [asked.delivery] })],
  [QuarantinedTool, named('QuarantinedTool', 'A tool whose definition changed', examples.quarantinedTool)],
  [ListToolsReply, named('Tools', 'The tools in quarantine', { tools: [examples.quarantinedTool] })],
  [AcceptBody, named('Accept', 'One exact definition and the code', examples.accept)],
  [AcceptToolReply, named('Accepted', 'It counts from now on', { ok: true })],
  [AuditBody, named('AuditEntry', 'An entry to write', examples.auditEntry)],
  [WriteAuditReply, named('AuditWritten', 'It is on record', examples.auditWritten)],
  [QueryAuditReply, named('AuditPage', 'A page of the record', examples.auditPage)],
  [HealthOk, named('HealthOk', 'All is well', { status: 'ok' })],
  [HealthDegraded, named('HealthDegraded', 'Parts are not well', examples.degraded)],
  [Problem, named('Problem', 'RFC 9457 problem details', examples.problem)],
  [GuardProblem, named('GuardProblem', 'A fault: nothing was allowed', examples.guardProblem)],
];

function named(id: string, description: string, example: unknown): Named {
  return { id, description, examples: [example] };
}

/** The names for the generator of the document. */
export function createSchemaRegistry() {
  const registry = z.registry<Named | Range>();
  for (const [schema, meta] of NAMED) registry.add(schema, meta);
  registry.add(AmountCents, { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
  return registry;
}
