import type { Followed, Unreadable } from '@aegis/bus';
import type { ApprovalStatus, ApprovalSummary, StoredApproval } from '@aegis/contracts/approvals';
import { APPROVAL_EVENTS } from '@aegis/contracts/events';
import { readEvent } from '@aegis/contracts/read-event';
import { LatestTime } from './latest-time.ts';
import { toSummary } from './summary.ts';
import { type WrongCode, WrongCodes, wrongCodeId } from './wrong-codes.ts';

/** What the index keeps of an approval; the whole one is read from the log. */
export type IndexEntry = {
  readonly approvalId: string;
  readonly principal: string;
  readonly dryRunId: string;
  readonly generation: number;
  readonly callDigest: string;
  readonly tool: string;
  readonly server: string | undefined;
  readonly definitionDigest: string | undefined;
  readonly policyDigest: string | undefined;
  readonly ruleIndex: number | undefined;
  readonly requestedAtMs: number;
  /** Its first place in the log. */
  readonly seq: number;
  /** When the log took its last change, by the log's own clock. */
  storedAtMs: number;
  status: ApprovalStatus;
  /** Everybody who said yes or no. */
  deciders: readonly string[];
  grantId: string | undefined;
  /** What a list shows of it, while it waits. */
  summary: ApprovalSummary | undefined;
  /** When it is overdue, in milliseconds since the epoch; absent where it is decided for good. */
  overdueAtMs: number | undefined;
};

const overdueAtOf = (approval: StoredApproval): number | undefined => {
  if (approval.status === 'pending') return Date.parse(approval.decide_by);
  return approval.status === 'approved' ? Date.parse(approval.use_by) : undefined;
};

/** What changes in the life of an approval. */
const changing = (approval: StoredApproval, storedAtMs: number) => ({
  storedAtMs,
  status: approval.status,
  deciders: [
    ...new Set([
      ...(approval.endorsements ?? []).map(({ by }) => by),
      ...('decided_by' in approval ? [approval.decided_by] : []),
    ]),
  ],
  grantId: 'grant_id' in approval ? approval.grant_id : undefined,
  summary: approval.status === 'pending' ? toSummary(approval) : undefined,
  overdueAtMs: overdueAtOf(approval),
});

const reusedKey = ({
  principal,
  dryRunId,
  callDigest,
}: Pick<IndexEntry, 'principal' | 'dryRunId' | 'callDigest'>) => `${principal}\0${dryRunId}\0${callDigest}`;

const toEntry = (approval: StoredApproval, seq: number, storedAtMs: number): IndexEntry => ({
  approvalId: approval.approval_id,
  principal: approval.call.principal,
  dryRunId: approval.dry_run_id,
  generation: approval.generation,
  callDigest: approval.call_digest,
  tool: approval.call.tool,
  server: approval.call.server,
  definitionDigest: approval.call.definition_digest,
  policyDigest: approval.policy_digest,
  ruleIndex: approval.rule?.index,
  requestedAtMs: Date.parse(approval.requested_at),
  seq,
  ...changing(approval, storedAtMs),
});

/** Finds approvals by key, status and order of request. Small: a million entries are some 400 MB. */
export class ApprovalIndex {
  readonly #order: IndexEntry[] = [];
  readonly #place = new Map<string, number>();
  readonly #open = new Set<IndexEntry>();
  readonly #byDryRunId = new Map<string, IndexEntry[]>();
  /** Keys under which more than one call was asked, by whomever. */
  readonly #ambiguous = new Set<string>();
  /** Under a key that was used more than once: by caller, key and call, the newest. */
  readonly #byReusedKey = new Map<string, IndexEntry>();
  readonly #wrongCodes = new WrongCodes();
  readonly #time: LatestTime;
  /** The last of the log, as this process began. */
  #endSeq = 0;

  /** @param startedMs the clock of this machine, as this process begins */
  constructor(startedMs: number) {
    this.#time = new LatestTime(startedMs);
  }

  /** How many wait for people, or are approved and not used. */
  get openCount(): number {
    return this.#open.size;
  }

  apply(message: Followed): Unreadable | undefined {
    const changed = readEvent(message, ...APPROVAL_EVENTS)?.data;
    if (!changed || !message.event) return 'unreadable';
    const { approval, source } = changed;
    const timeMs = Date.parse(message.event.time);
    const storedAtMs = message.storedAt.getTime();
    if (message.seq <= this.#endSeq) this.#time.read(timeMs, storedAtMs);
    else this.#time.saw(timeMs);
    this.#put(approval, message.seq, storedAtMs);
    if (source !== undefined) this.countWrongCode(wrongCodeId(approval), { atMs: timeMs, source });
    return undefined;
  }

  #put(approval: StoredApproval, seq: number, storedAtMs: number): void {
    const known = this.get(approval.approval_id);
    const entry = known
      ? Object.assign(known, changing(approval, storedAtMs))
      : toEntry(approval, seq, storedAtMs);
    if (entry.overdueAtMs === undefined) this.#open.delete(entry);
    else this.#open.add(entry);
    if (known) return;
    this.#place.set(entry.approvalId, this.#order.length);
    this.#order.push(entry);
    const same = this.#byDryRunId.get(entry.dryRunId) ?? [];
    if (same.some(({ callDigest }) => callDigest !== entry.callDigest)) this.#ambiguous.add(entry.dryRunId);
    const before = same.find((one) => one.principal === entry.principal);
    if (before) for (const one of [before, entry]) this.#byReusedKey.set(reusedKey(one), one);
    const others = same.filter(
      (one) => one.principal !== entry.principal || one.generation > entry.generation,
    );
    this.#byDryRunId.set(entry.dryRunId, [...others, entry]);
  }

  /** Counted once, whether its decider says so at once or the log a moment later. */
  countWrongCode(id: string, one: WrongCode): void {
    this.#wrongCodes.count(id, one);
  }

  wrongCodesSince(sinceMs: number): readonly WrongCode[] {
    return this.#wrongCodes.since(sinceMs);
  }

  get(approvalId: string): IndexEntry | undefined {
    const place = this.#place.get(approvalId);
    return place === undefined ? undefined : this.#order[place];
  }

  has(approvalId: string): boolean {
    return this.#place.has(approvalId);
  }

  /** Whether nobody has to decide it any more. False where it is not known. */
  isOver(approvalId: string): boolean {
    const entry = this.get(approvalId);
    return entry !== undefined && entry.status !== 'pending';
  }

  /** The latest approval of each principal under this key. */
  withDryRunId(dryRunId: string): readonly IndexEntry[] {
    return this.#byDryRunId.get(dryRunId) ?? [];
  }

  /** Whether this key named more than one call, over all callers and times. */
  isAmbiguous(dryRunId: string): boolean {
    return this.#ambiguous.has(dryRunId);
  }

  /** The latest generation under this key, or undefined. A hint: the log may have a newer one. */
  generationOf(principal: string, dryRunId: string): number | undefined {
    return this.withDryRunId(dryRunId).find((one) => one.principal === principal)?.generation;
  }

  /** The newest under this key for this very call, of those that the index has. */
  latestFor(principal: string, dryRunId: string, callDigest: string): IndexEntry | undefined {
    const latest = this.withDryRunId(dryRunId).find((one) => one.principal === principal);
    if (latest?.callDigest === callDigest) return latest;
    return this.#byReusedKey.get(reusedKey({ principal, dryRunId, callDigest }));
  }

  /** Newest first, before the named one where there is a name that is known. */
  *newestFirst(wanted: (entry: IndexEntry) => boolean, before: string | undefined): Generator<IndexEntry> {
    const end = before === undefined ? undefined : this.#place.get(before);
    for (let i = (end ?? this.#order.length) - 1; i >= 0; i--) {
      const entry = this.#order[i];
      if (entry && wanted(entry)) yield entry;
    }
  }

  /** All that can still become overdue: what waits, and what may still be used; the oldest first. */
  *open(): Generator<IndexEntry & { overdueAtMs: number }> {
    for (const entry of Array.from(this.#open)) {
      if (entry.overdueAtMs !== undefined) yield { ...entry, overdueAtMs: entry.overdueAtMs };
    }
  }

  /** Where the log ended as this process began; it was alive at that time, whatever it wrote then. */
  beginsAfter({ seq, storedAtMs }: { seq: number; storedAtMs: number }): void {
    this.#endSeq = seq;
    this.#time.saw(storedAtMs);
  }

  get earliestNowMs(): number {
    return this.#time.earliestNowMs;
  }
}
