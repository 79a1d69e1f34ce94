import type { Bus } from '@aegis/bus';
import { type AuditLine, auditQuery, type QueryAudit } from '@aegis/contracts/audit';
import type { PastCall } from '@aegis/contracts/console';

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
  /** What the agent asked for last, newest first; undefined where the record can't be read just now. */
  ofAgent(principal: string): Promise<PastCall[] | undefined>;
};

export function createCallRecord(bus: Pick<Bus, 'ask'>): CallRecord {
  const query = async (asked: Omit<QueryAudit, 'limit'>): Promise<AuditLine[] | undefined> => {
    try {
      const context = { deadlineMs: Date.now() + WITHIN_MS };
      return (await bus.ask(auditQuery, { ...asked, limit: LINES }, context)).entries;
    } catch {
      return undefined;
    }
  };
  return {
    async ofApproval(approval_id) {
      const lines = (await query({ approval_id })) ?? [];
      const call_id = lines.find((line) => line.call_id !== undefined)?.call_id;
      const ends = call_id === undefined ? [] : ((await query({ call_id })) ?? []);
      return [...new Map([...lines, ...ends].map((line) => [line.seq, line])).values()];
    },
    async ofAgent(principal) {
      const lines = await query({ principal });
      return lines
        ?.filter(({ type }) => type === 'aegis.decision.enforced.v1')
        .slice(0, PAST_CALLS)
        .map(toPastCall);
    },
  };
}
