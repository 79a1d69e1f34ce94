import type { Followed } from '@aegis/shared/bus/follow';
import { type Approval, ApprovalChanged, type ApprovalStatus } from '@aegis/shared/contracts/approvals';
import { approvalLog } from '@aegis/shared/contracts/subjects';

/** What the index keeps of an approval; the whole one is read from the log. */
export type Entry = {
  approvalId: string;
  status: ApprovalStatus;
  principal: string;
  dryRunId: string;
  generation: number;
  /** When it is overdue, in milliseconds since the epoch; absent where it is decided for good. */
  overdueAtMs?: number;
};

export type WrongCode = { atMs: number; source: string };

const WRONG_CODES_KEPT_MS = 10 * 60_000;

function toEntry(approval: Approval): Entry {
  const entry: Entry = {
    approvalId: approval.approval_id,
    status: approval.status,
    principal: approval.call.principal,
    dryRunId: approval.dry_run_id,
    generation: approval.generation,
  };
  if (approval.status === 'pending') entry.overdueAtMs = Date.parse(approval.decide_by);
  if (approval.status === 'approved') entry.overdueAtMs = Date.parse(approval.use_by);
  return entry;
}

/** Finds approvals by key, status and order of request. Small: a million entries are some 200 MB. */
export class ApprovalIndex {
  readonly #order: Entry[] = [];
  readonly #place = new Map<string, number>();
  readonly #byDryRunId = new Map<string, Entry[]>();
  readonly #wrongCodes = new Map<string, WrongCode>();
  #newestMs = 0;
  #newestSeenAt = 0;
  #unreadable = 0;

  apply(message: Followed): void {
    const changed = ApprovalChanged.safeParse(message.event?.data);
    const belongs = changed.success && message.subject === approvalLog(changed.data.approval.approval_id);
    if (!belongs || !message.event) {
      this.#unreadable++;
      return;
    }
    const { approval, source } = changed.data;
    const timeMs = Date.parse(message.event.time);
    if (timeMs > this.#newestMs) {
      this.#newestMs = timeMs;
      this.#newestSeenAt = performance.now();
    }
    this.#put(toEntry(approval));
    if (approval.status === 'denied' && source !== undefined) {
      this.countWrongCode(approval.approval_id, { atMs: timeMs, source });
    }
  }

  #put(entry: Entry): void {
    const place = this.#place.get(entry.approvalId);
    const known = place === undefined ? undefined : this.#order[place];
    if (known) {
      known.status = entry.status;
      if (entry.overdueAtMs === undefined) delete known.overdueAtMs;
      else known.overdueAtMs = entry.overdueAtMs;
      return;
    }
    this.#place.set(entry.approvalId, this.#order.length);
    this.#order.push(entry);
    const same = this.#byDryRunId.get(entry.dryRunId) ?? [];
    const others = same.filter(
      (one) => one.principal !== entry.principal || one.generation > entry.generation,
    );
    this.#byDryRunId.set(entry.dryRunId, [...others, entry]);
  }

  /** Counted once for an approval, whether its decider says so at once or the log a moment later. */
  countWrongCode(approvalId: string, one: WrongCode): void {
    for (const [id, { atMs }] of this.#wrongCodes) {
      if (atMs < one.atMs - WRONG_CODES_KEPT_MS) this.#wrongCodes.delete(id);
    }
    this.#wrongCodes.set(approvalId, one);
  }

  has(approvalId: string): boolean {
    return this.#place.has(approvalId);
  }

  /** The latest approval of each principal under this key. */
  withDryRunId(dryRunId: string): readonly Entry[] {
    return this.#byDryRunId.get(dryRunId) ?? [];
  }

  /** The latest generation under this key, or undefined. A hint: the log may have a newer one. */
  generationOf(principal: string, dryRunId: string): number | undefined {
    return this.withDryRunId(dryRunId).find((one) => one.principal === principal)?.generation;
  }

  /** Newest first, before the named one where there is a name that is known. */
  *newestFirst(status: ApprovalStatus | undefined, before: string | undefined): Generator<Entry> {
    const end = before === undefined ? undefined : this.#place.get(before);
    for (let i = (end ?? this.#order.length) - 1; i >= 0; i--) {
      const entry = this.#order[i];
      if (entry && (status === undefined || entry.status === status)) yield entry;
    }
  }

  /** All that can still become overdue. */
  *open(): Generator<Entry & { overdueAtMs: number }> {
    for (const entry of this.#order) {
      if (entry.overdueAtMs !== undefined) yield { ...entry, overdueAtMs: entry.overdueAtMs };
    }
  }

  wrongCodesSince(sinceMs: number): readonly WrongCode[] {
    return [...this.#wrongCodes.values()].filter((one) => one.atMs > sinceMs);
  }

  /**
   * The earliest that it can be now, in milliseconds since the epoch: the newest event's time and what passed since it was
   * seen. A clock that went back is not believed, and one that once ran ahead does not stop time.
   */
  get earliestNowMs(): number {
    return this.#newestMs + (performance.now() - this.#newestSeenAt);
  }

  get unreadable(): number {
    return this.#unreadable;
  }
}
