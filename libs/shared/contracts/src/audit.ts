import { ONE_LINE } from '@aegis/kit/text';
import { z } from 'zod';
import { AmountCents, Note, Principal, Timestamp, ToolName, TraceId, Via } from './call.ts';
import { rpc } from './rpc.ts';

const Action = z
  .string()
  .regex(/^[A-Za-z0-9_.:/ -]{1,128}$/, 'expected 1 to 128 characters of A-Z a-z 0-9 _ . : / - and space');

export const WriteAudit = z.strictObject({
  action: Action.describe('what happened, in a few words'),
  tool: ToolName.optional().describe('the tool that it is about'),
  ok: z.boolean().optional().describe('whether it went well'),
  note: Note.optional().describe('anything more'),
  principal: Principal.describe('who wrote it'),
  via: Via.describe('where it came in'),
});
export type WriteAudit = z.infer<typeof WriteAudit>;
export const WriteAuditReply = z
  .strictObject({ ok: z.literal(true), trace_id: TraceId, path: z.string() })
  .meta({ id: 'AuditWritten', description: 'It is on record' });
export type WriteAuditReply = z.infer<typeof WriteAuditReply>;
export const auditWrite = rpc('audit', 'write', WriteAudit, WriteAuditReply, { askedBy: ['gateway', 'mcp'] });

/** What was refused before it was a decision: of one kind, of one source. */
const Refused = z.strictObject({
  kind: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, 'expected 1 to 64 characters of a-z 0-9 _')
    .describe('the `code` of the answer, or `http_<status>`'),
  source: z
    .string()
    .min(1)
    .max(200)
    .regex(ONE_LINE, 'expected text without control characters')
    .describe('the address or the principal; `others` beyond the first'),
  count: z.int().min(1).describe('how many'),
});

/** How many kinds and sources one count may tell apart; what more there is is counted under `others`. */
export const MOST_REFUSED = 100;

/** What one process refused since it last said so. */
export const CountRefused = z.strictObject({
  door: z
    .enum(['rest', 'mcp', 'path'])
    .describe('where it came in: REST, the tools and MCP over HTTP, or in the path'),
  since: Timestamp.describe('the first of them'),
  until: Timestamp.describe('when they were counted'),
  total: z.int().min(1).describe('all of them'),
  refused: z.array(Refused).min(1).max(MOST_REFUSED).describe('by kind and source'),
});
export type CountRefused = z.infer<typeof CountRefused>;
export const CountRefusedReply = z.strictObject({ ok: z.literal(true) });
export const auditRefused = rpc('audit', 'refused', CountRefused, CountRefusedReply, {
  askedBy: ['gateway', 'mcp'],
});

/** The type of event that a client's own entry is. */
export const CLIENTS_ENTRY = 'aegis.audit.written.v1';

/** What stands before the action of a client's own entry, wherever it is shown: no action of ours has a colon. */
const CLIENTS_WORD = 'client:';
export const clientsAction = (action: string): string =>
  action.startsWith(CLIENTS_WORD) ? action : `${CLIENTS_WORD}${action}`;

/** The action and the type of a message in the log that is no event of its subject: nothing that it says is believed. */
export const UNREADABLE = 'unreadable';

/** What the operator mended: a subject of the log whose last messages were none of its events. */
export const AuditMended = z.strictObject({
  subject: z.string().min(1).max(512).describe('the subject of the log'),
  by: Principal.describe('who did it: the user of the operating system'),
  skipped: z
    .array(z.int().min(1))
    .max(1_000)
    .describe(
      'the places in the log of the messages that are passed over, the last thousand where there are more',
    ),
  restored: z
    .int()
    .min(1)
    .optional()
    .describe(
      'the place of the event that was written again as the newest; absent where nothing stands on the last one',
    ),
});
export type AuditMended = z.infer<typeof AuditMended>;

/** What a line may say of how it went; `refused` is what a firewall did not take, or a count of such. */
export const AUDIT_STATUSES = [
  'allowed',
  'pending',
  'blocked',
  'review',
  'approved',
  'denied',
  'expired',
  'superseded',
  'cancelled',
  'consumed',
  'succeeded',
  'failed',
  'accepted',
  'outcome_unknown',
  'fenced',
  'passed',
  'refused',
  'replayed',
] as const;

/** One line of the audit file: flat, so that `jq 'select(.ok == false)'` works. */
export const AuditLine = z.object({
  seq: z.int().min(1),
  ts: Timestamp,
  trace_id: z.string().nullable(),
  action: z.string(),
  ok: z.boolean().nullable(),
  tool: z.string().nullable(),
  op: z.string().nullable(),
  amount_cents: AmountCents.nullable(),
  status: z.string().nullable(),
  note: z.string().nullable(),
  dry_run_id: z.string().optional(),
  approval_id: z.string().optional(),
  principal: z.string().optional(),
  policy_digest: z.string().optional(),
  /** A call through the firewall in the path: the same in its decision's line and in its end's. */
  call_id: z.string().optional(),
  /** Of the amount, where the rule that decided names one. */
  currency: z.string().optional(),
  server: z.string().optional(),
  /** The resource or the prompt, where it is not a tool that is used. */
  door: z.string().optional(),
  /** What the client says of itself: its name, and its version after a space. */
  client: z.string().optional(),
  event_id: z.string(),
  type: z.string(),
});
export type AuditLine = z.infer<typeof AuditLine>;

/** Newest first; `before` is the `next` of the page before. Times are inclusive at `from`, exclusive at `to`. */
export const QueryAudit = z.strictObject({
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  tool: z.string().max(256).optional(),
  ok: z.boolean().optional(),
  status: z.string().max(64).optional(),
  principal: Principal.optional(),
  approval_id: z.string().max(64).optional(),
  call_id: z.string().max(64).optional(),
  limit: z.int().min(1).max(1000),
  before: z.int().min(1).optional(),
});
export type QueryAudit = z.infer<typeof QueryAudit>;
export const QueryAuditReply = z
  .strictObject({ entries: z.array(AuditLine), next: z.int().optional() })
  .meta({ id: 'AuditPage', description: 'A page of the record' });
export type QueryAuditReply = z.infer<typeof QueryAuditReply>;
export const auditQuery = rpc('audit', 'query', QueryAudit, QueryAuditReply, {
  askedBy: ['gateway', 'approvals'],
});

/** What a principal asked for before a question of its own. */
export const PastCalls = z.strictObject({
  principal: Principal,
  before: Timestamp.describe('when the question was asked: what came at that time or later is left out'),
  except: z.string().max(64).optional().describe('the approval that the question is about'),
  limit: z.int().min(1).max(100).describe('how many calls are told; all are counted'),
});
export type PastCalls = z.infer<typeof PastCalls>;
export const PastCallsReply = z.strictObject({
  entries: z.array(AuditLine).describe('the last ones, newest first'),
  total: z.int().min(0).describe('how many there were'),
  blocked: z.int().min(0).describe('how many of them were blocked'),
  since: Timestamp.optional().describe(
    'both counts begin here: the record goes further back than could be read in time',
  ),
});
export type PastCallsReply = z.infer<typeof PastCallsReply>;
export const auditPast = rpc('audit', 'past', PastCalls, PastCallsReply, { askedBy: ['approvals'] });
