import { QueryAuditReply, WriteAuditReply } from '@aegis/shared/contracts/audit';
import { AmountCents } from '@aegis/shared/contracts/call';
import { CheckReply, EnforceReply } from '@aegis/shared/contracts/decision';
import { PolicyGetReply, PolicyMigrateReply, PolicyValidateReply } from '@aegis/shared/contracts/policy';
import { AcceptToolReply, ListToolsReply, QuarantinedTool } from '@aegis/shared/contracts/tool-definition';
import { z } from 'zod';
import { ApprovalItem, ApprovalList, CompleteBody, CompleteResult } from '../schemas/approvals.ts';
import { AuditBody } from '../schemas/audit.ts';
import { CheckBody, EnforceBody } from '../schemas/guard.ts';
import { HealthDegraded, HealthOk } from '../schemas/health.ts';
import { PolicyBody, PolicyDocument } from '../schemas/policy.ts';
import { GuardProblem, Problem } from '../schemas/problem.ts';
import { AcceptBody } from '../schemas/tools.ts';
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
