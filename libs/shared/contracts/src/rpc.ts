import type { Fault } from '@aegis/kit/errors';
import { z } from 'zod';
import {
  ApprovalReply,
  CancelApproval,
  CompleteApproval,
  ConsumeApproval,
  ConsumeReply,
  DecideApproval,
  DecideReply,
  GetApproval,
  ListApprovals,
  ListApprovalsReply,
  RequestApproval,
  RequestReply,
  StandingApproval,
  StandingReply,
} from './approvals.ts';
import { QueryAudit, QueryAuditReply, WriteAudit, WriteAuditReply } from './audit.ts';
import { CheckReply, CheckRequest, EnforceReply, EnforceRequest } from './decision.ts';
import { GiveGrant, GrantReply, ListGrants, ListGrantsReply, RevokeGrant } from './grants.ts';
import {
  Empty,
  PolicyEffectiveReply,
  PolicyGetReply,
  PolicyMigrateReply,
  PolicyMigrateRequest,
  PolicyValidateReply,
  PolicyValidateRequest,
} from './policy.ts';
import type { ServiceName } from './subjects.ts';
import { AcceptTool, AcceptToolReply, ListToolsReply } from './tool-definition.ts';
import {
  ListDeliveriesReply,
  ListWebhooks,
  ListWebhooksReply,
  OneWebhook,
  RemoveWebhookReply,
  SaveWebhook,
  SaveWebhookReply,
  TestWebhookReply,
} from './webhooks.ts';

/** How a part is; `problems` are sentences for people, empty when all is well. */
export const HealthReply = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  problems: z.array(z.string()),
});
export type HealthReply = z.infer<typeof HealthReply>;

/** One question that a service answers: where it is asked and what goes in and out. */
export type Rpc<Req extends z.ZodType = z.ZodType, Rep extends z.ZodType = z.ZodType> = {
  readonly service: ServiceName;
  readonly verb: string;
  readonly request: Req;
  readonly reply: Rep;
};

const rpc = <Req extends z.ZodType, Rep extends z.ZodType>(
  service: ServiceName,
  verb: string,
  request: Req,
  reply: Rep,
): Rpc<Req, Rep> => ({ service, verb, request, reply });

export const policyCheck = rpc('policy', 'check', CheckRequest, CheckReply);
export const policyGet = rpc('policy', 'get', Empty, PolicyGetReply);
export const policyEffective = rpc('policy', 'effective', Empty, PolicyEffectiveReply);
export const policyValidate = rpc('policy', 'validate', PolicyValidateRequest, PolicyValidateReply);
export const policyMigrate = rpc('policy', 'migrate', PolicyMigrateRequest, PolicyMigrateReply);
export const enforce = rpc('enforcer', 'enforce', EnforceRequest, EnforceReply);
export const approvalsRequest = rpc('approvals', 'request', RequestApproval, RequestReply);
export const approvalsStanding = rpc('approvals', 'standing', StandingApproval, StandingReply);
export const approvalsComplete = rpc('approvals', 'complete', CompleteApproval, ApprovalReply);
export const approvalsDecide = rpc('approvals', 'decide', DecideApproval, DecideReply);
export const approvalsConsume = rpc('approvals', 'consume', ConsumeApproval, ConsumeReply);
export const approvalsCancel = rpc('approvals', 'cancel', CancelApproval, ApprovalReply);
export const approvalsGet = rpc('approvals', 'get', GetApproval, ApprovalReply);
export const approvalsList = rpc('approvals', 'list', ListApprovals, ListApprovalsReply);
export const approvalsTools = rpc('approvals', 'tools', Empty, ListToolsReply);
export const approvalsAccept = rpc('approvals', 'accept', AcceptTool, AcceptToolReply);
export const approvalsGrant = rpc('approvals', 'grant', GiveGrant, GrantReply);
export const approvalsGrants = rpc('approvals', 'grants', ListGrants, ListGrantsReply);
export const approvalsRevoke = rpc('approvals', 'revoke', RevokeGrant, GrantReply);
export const webhooksList = rpc('approvals', 'webhooks', ListWebhooks, ListWebhooksReply);
export const webhooksSave = rpc('approvals', 'webhook-save', SaveWebhook, SaveWebhookReply);
export const webhooksRemove = rpc('approvals', 'webhook-remove', OneWebhook, RemoveWebhookReply);
export const webhooksTest = rpc('approvals', 'webhook-test', OneWebhook, TestWebhookReply);
export const webhooksDeliveries = rpc('approvals', 'webhook-deliveries', OneWebhook, ListDeliveriesReply);
export const auditWrite = rpc('audit', 'write', WriteAudit, WriteAuditReply);
export const auditQuery = rpc('audit', 'query', QueryAudit, QueryAuditReply);
/** Who answers on the bus how it is; the gateway is who asks. */
export const WITH_HEALTH = ['policy', 'enforcer', 'approvals', 'audit', 'mcp'] as const;
export const healthOf = (service: (typeof WITH_HEALTH)[number]) => rpc(service, 'health', Empty, HealthReply);

/** What travels: the deadline is absolute, in milliseconds since the epoch; nobody appends past it. */
export type RpcRequest = { deadline_ms: number; traceparent?: string; data: unknown };
export type RpcReply = { data: unknown } | { error: Fault };
