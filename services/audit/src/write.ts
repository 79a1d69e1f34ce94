import type { Bus, RequestContext } from '@aegis/bus';
import type { CountRefused, WriteAudit, WriteAuditReply } from '@aegis/contracts/audit';
import { createEvent } from '@aegis/contracts/create-event';
import { AUDIT_LOG } from '@aegis/contracts/subjects';
import type { Allowance } from '@aegis/kit/allowance';
import { newTraceId, traceIdOf } from '@aegis/kit/trace';

export type WriteDeps = {
  bus: Pick<Bus, 'commit'>;
  path: string;
  allowance: Allowance;
  now: () => Date;
};

/**
 * Records an entry that a client wrote, in the caller's trace where the request has one. It is in the log when this
 * resolves, and soon after in the file.
 *
 * @throws AppError `too_many_requests`, `storage_unavailable`, `deadline_exceeded` or `bus_unavailable`
 */
export const createWrite =
  ({ bus, path, allowance, now }: WriteDeps) =>
  async (
    entry: WriteAudit,
    { deadlineMs, traceparent, caller }: RequestContext,
  ): Promise<WriteAuditReply> => {
    allowance.take(caller ?? entry, Buffer.byteLength(entry.note ?? ''));
    const traceId = traceIdOf(traceparent) ?? newTraceId();
    const event = createEvent({
      type: 'aegis.audit.written.v1',
      source: 'audit',
      data: entry,
      time: now().toISOString(),
      traceId,
    });
    await bus.commit({ subject: AUDIT_LOG, event }, deadlineMs);
    return { ok: true, trace_id: traceId, path };
  };

/** Records what a door refused before it was a decision. It is in the log when this resolves. */
export const createCountRefused =
  ({ bus, now }: Pick<WriteDeps, 'bus' | 'now'>) =>
  async (counted: CountRefused, { deadlineMs }: RequestContext): Promise<{ ok: true }> => {
    const event = createEvent({
      type: 'aegis.requests.refused.v1',
      source: 'audit',
      data: counted,
      time: now().toISOString(),
      traceId: newTraceId(),
    });
    await bus.commit({ subject: AUDIT_LOG, event }, deadlineMs);
    return { ok: true };
  };
