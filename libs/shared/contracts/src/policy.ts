import { z } from 'zod';
import { Digest, Principal, ToolName } from './call.ts';
import { Empty, rpc } from './rpc.ts';

const Document = z.record(z.string(), z.unknown());

/** The policy in force: as it was written, with a v1 policy's defaults filled in. */
export const PolicyGetReply = z
  .strictObject({
    policy: Document,
    path: z.string(),
    digest: Digest,
    version: z.union([z.literal(1), z.literal(2)]),
  })
  .meta({ id: 'PolicyInForce', description: 'The policy in force' });
export type PolicyGetReply = z.infer<typeof PolicyGetReply>;
export const policyGet = rpc('policy', 'get', Empty, PolicyGetReply, { askedBy: ['gateway', 'mcp'] });

export const PolicyEffectiveReply = z.strictObject({ policy: Document });
export const policyEffective = rpc('policy', 'effective', Empty, PolicyEffectiveReply, {
  askedBy: ['gateway'],
});

/** Without `policy`, the active one is meant. */
export const PolicyValidateRequest = z.strictObject({ policy: z.unknown().optional() });
/** What of what is open a policy would end, were it put in force now. */
export const PolicyEnds = z.strictObject({
  approvals: z.int().min(0).describe('calls that wait, or are approved and not used'),
  grants: z.int().min(0).describe('grants that count now'),
  unknown: z.int().min(0).describe('of both together, those that could not be looked at in time'),
  first: z
    .array(
      z.strictObject({
        id: z.string().describe('of the approval or the grant'),
        tool: ToolName,
        principal: Principal,
        because: z.string().describe('what this policy says of it'),
      }),
    )
    .describe('some of them'),
});
export type PolicyEnds = z.infer<typeof PolicyEnds>;
export const approvalsEnds = rpc('approvals', 'ends', PolicyValidateRequest, PolicyEnds, {
  askedBy: ['gateway'],
});

export const PolicyValidateReply = z
  .strictObject({
    ok: z.boolean(),
    errors: z.array(z.string()),
    version: z.literal(2),
    migrated: z.boolean(),
    notes: z.array(z.string()),
    ends: PolicyEnds.optional().describe('of a policy that is not in force yet'),
  })
  .meta({ id: 'PolicyValidity', description: 'What is wrong with it, if anything' });
export type PolicyValidateReply = z.infer<typeof PolicyValidateReply>;
export const policyValidate = rpc('policy', 'validate', PolicyValidateRequest, PolicyValidateReply, {
  askedBy: ['gateway'],
});

export const PolicyMigrateRequest = z.strictObject({ policy: z.unknown() });
export const PolicyMigrateReply = z
  .strictObject({
    ok: z.boolean(),
    version: z.literal(2),
    policy: Document.optional(),
    errors: z.array(z.string()),
    notes: z.array(z.string()),
  })
  .meta({ id: 'MigratedPolicy', description: 'The policy as version 2' });
export type PolicyMigrateReply = z.infer<typeof PolicyMigrateReply>;
export const policyMigrate = rpc('policy', 'migrate', PolicyMigrateRequest, PolicyMigrateReply, {
  askedBy: ['gateway'],
});

export const PolicyPublished = z.strictObject({
  policy: Document.describe('the policy; version 1 with its defaults filled in'),
  digest: Digest.describe('SHA-256 of its RFC 8785 form; decisions name it'),
  version: z.union([z.literal(1), z.literal(2)]).describe('of its format'),
  path: z.string().describe('the file'),
  origin: z.enum(['file', 'defaults']).describe('`defaults` where there was never a file'),
});
export type PolicyPublished = z.infer<typeof PolicyPublished>;

export const PolicyRejected = z.strictObject({
  path: z.string().describe('the file'),
  digest: Digest.optional().describe("SHA-256 of the file's bytes, where it could be read"),
  errors: z.array(z.string()).describe('what is wrong with it'),
});
export type PolicyRejected = z.infer<typeof PolicyRejected>;
