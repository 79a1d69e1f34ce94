import type { Bus } from '@aegis/bus';
import type { Approval } from '@aegis/contracts/approvals';
import { type AuditLine, auditPast, auditQuery, type QueryAudit } from '@aegis/contracts/audit';
import type { PastCall, PastView } from '@aegis/contracts/console';

/** A page without the record is worth more than a late one. */
const WITHIN_MS = 700;
const LINES = 100;
const PAST_CALLS = 10;

const toPastCall = (line: AuditLine): PastCall => ({
  at: line.ts,
  tool: line.tool ?? '',
  op: line.op ?? undefined,
  amount_cents: line.amount_cents ?? undefined,
  status: line.status ?? '',
  approval_id: line.approval_id,
  note: line.note ?? undefined,
});

/** What the audit service says of calls. */
export type CallRecord = {
  /** What became of an approval's call; nothing where the record can't be read just now. */
  ofApproval(approvalId: string): Promise<AuditLine[]>;
  /** What the agent asked for before this approval; undefined where the record can't be read just now. */
  before(approval: Approval): Promise<PastView | undefined>;
};

/** What is said in time, or nothing. */
async function orNothing<T>(ask: (context: { deadlineMs: number }) => Promise<T>): Promise<T | undefined> {
  try {
    return await ask({ deadlineMs: Date.now() + WITHIN_MS });
  } catch {
    return undefined;
  }
}

export function createCallRecord(bus: Pick<Bus, 'ask'>): CallRecord {
  const query = (asked: Omit<QueryAudit, 'limit'>): Promise<AuditLine[] | undefined> =>
    orNothing(async (context) => (await bus.ask(auditQuery, { ...asked, limit: LINES }, context)).entries);
  return {
    async ofApproval(approval_id) {
      const lines = (await query({ approval_id })) ?? [];
      const call_id = lines.find((line) => line.call_id !== undefined)?.call_id;
      const ends = call_id === undefined ? [] : ((await query({ call_id })) ?? []);
      return [...new Map([...lines, ...ends].map((line) => [line.seq, line])).values()];
    },
    before: ({ approval_id: except, requested_at: before, call: { principal } }) =>
      orNothing(async (context) => {
        const asked = { principal, before, except, limit: PAST_CALLS };
        const { entries, ...counted } = await bus.ask(auditPast, asked, context);
        return { calls: entries.map(toPastCall), ...counted };
      }),
  };
}
