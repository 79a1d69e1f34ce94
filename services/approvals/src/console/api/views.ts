import { type Approval, type ApprovalSummary, asRuled } from '@aegis/contracts/approvals';
import type { ApprovalView, HistoryView, PastView } from '@aegis/contracts/console';
import { type Approver, questionOf, whyNot } from '../../domain/approver.ts';
import { whyNoGrant } from '../../domain/grant.ts';
import type { Ground } from '../../ground.ts';
import type { Lifecycle } from '../../lifecycle/lifecycle.ts';
import type { ListQuery } from '../../lifecycle/list.ts';
import { notAccepted } from '../../lifecycle/tool-standing.ts';
import type { List } from '../../nats.ts';
import type { IndexEntry } from '../../projections/approval-index.ts';
import { toSummary } from '../../projections/summary.ts';
import { UnreadableError } from '../../unreadable.ts';
import { waitingToolOf } from '../waiting-tool.ts';
import type { CallRecord } from './call-record.ts';
import { createInbox, type Inbox, whyNotNow } from './inbox.ts';
import { timelineOf } from './timeline.ts';

const ROWS = 50;
/** Of arguments that are read for a page: it must be made in time. */
const PAGE_BYTES = 8_000_000;

export type ViewsDeps = Ground & {
  lifecycle: Pick<Lifecycle, 'get'>;
  list: List;
  record: CallRecord;
};

export type Views = {
  inbox: Inbox;
  /** @throws AppError `approval_not_found` */
  approval(by: Approver, id: string, deadlineMs: number): Promise<ApprovalView>;
  history(query: Omit<ListQuery, 'limit'>, deadlineMs: number): Promise<HistoryView>;
};

/** Nothing where it is on record and can't be read: what is shown beside a call never keeps anybody from that call. */
const readable = <T>(read: Promise<T>): Promise<T | undefined> =>
  read.catch((thrown: unknown) => {
    if (thrown instanceof UnreadableError) return undefined;
    throw thrown;
  });

/** What this person may do, and if not, why not. */
const mayOf = (
  by: Approver,
  approval: Approval,
  unaccepted: string | undefined,
): Pick<ApprovalView, 'may_decide' | 'may_deny' | 'may_grant'> & Partial<ApprovalView> => {
  const decide = whyNotNow(by, toSummary(approval));
  const grant = decide ?? whyNoGrant(approval) ?? unaccepted;
  return {
    may_decide: decide === undefined,
    may_decide_because: decide,
    may_deny: approval.status === 'pending' && whyNot(by, questionOf(approval)) === undefined,
    may_grant: grant === undefined,
    // What keeps them from deciding is said once.
    ...(grant === undefined || decide !== undefined ? {} : { may_grant_because: grant }),
  };
};

export function createViews(deps: ViewsDeps): Views {
  const { store, lifecycle, list, record, now } = deps;
  const { approvals, policies, tools } = deps.known;

  /** The last call of the same tool that somebody approved before this one: what nobody let run is nothing to go by. */
  const previousOf = async (asked: Approval, deadlineMs: number): Promise<Partial<ApprovalView>> => {
    const isBefore = ({ tool, server, status }: IndexEntry): boolean =>
      tool === asked.call.tool &&
      server === asked.call.server &&
      (status === 'approved' || status === 'consumed');
    const [entry] = approvals.state.newestFirst(isBefore, asked.approval_id);
    const previous = entry && (await readable(store.load(entry.approvalId, deadlineMs)))?.state;
    if (!previous) return {};
    const { approval_id, status, requested_at } = previous;
    const { op, amount_cents, args, input, principal } = asRuled(previous);
    return { previous: { approval_id, status, requested_at, principal, op, amount_cents, args, input } };
  };

  const ruleOf = ({ rule, policy_digest }: Approval): Partial<ApprovalView> => {
    if (rule === undefined || policy_digest === undefined) return {};
    const document = policies.state.rule(policy_digest, rule.index);
    return { rule: { ...rule, policy_digest, document } };
  };

  const definitionOf = ({ call }: Approval): Partial<ApprovalView> => {
    const { server, tool, definition_digest: digest } = call;
    const definition =
      server === undefined || digest === undefined
        ? undefined
        : tools.state.definitionOf(server, tool, digest);
    return definition === undefined ? {} : { definition };
  };

  const changeOf = (approval: Approval): Partial<ApprovalView> => {
    const waiting = waitingToolOf(deps, approval);
    if (!waiting) return {};
    const { definition: _, ...change } = waiting;
    return { change };
  };

  const unacceptedOf = ({ call }: Approval): string | undefined =>
    notAccepted(call, tools.state.byRulesName(call.server, call.tool));

  const groupOf = ({ approval_id, call_digest }: Approval): string[] => {
    const alike = [...approvals.state.open()].filter(
      ({ status, callDigest }) => status === 'pending' && callDigest === call_digest,
    );
    const ids = alike.map(({ approvalId }) => approvalId).toReversed();
    return ids.includes(approval_id) ? ids : [approval_id];
  };

  /** How each that waited ended by now: on record it stands as it was answered then. */
  const byNow = ({ calls, ...counted }: PastView): PastView => ({
    ...counted,
    calls: calls.map((call) => {
      if (call.status !== 'pending') return call;
      const entry = call.approval_id === undefined ? undefined : approvals.state.get(call.approval_id);
      return { ...call, status: entry?.status ?? 'asked' };
    }),
  });

  return {
    inbox: createInbox(deps),
    async approval(by, id, deadlineMs) {
      const { state: approval, seq } = await lifecycle.get(id, deadlineMs);
      await approvals.caughtUp(deadlineMs);
      const [previous, lines, past] = await Promise.all([
        previousOf(approval, deadlineMs),
        record.ofApproval(approval.approval_id),
        record.before(approval),
      ]);
      return {
        approval,
        revision: seq,
        ...mayOf(by, approval, unacceptedOf(approval)),
        ...ruleOf(approval),
        ...definitionOf(approval),
        ...changeOf(approval),
        ...previous,
        group: groupOf(approval),
        timeline: timelineOf(approval, lines),
        ...(past === undefined ? {} : { past: byNow(past) }),
        now: now().toISOString(),
      };
    },
    async history(query, deadlineMs) {
      const shape = {
        toItem: toSummary,
        // Each is read whole: a page of large calls is a shorter one.
        bytesOf: (item: ApprovalSummary) => item.args_bytes + item.args_preview.length,
        maxBytes: PAGE_BYTES,
      };
      return list({ ...query, limit: ROWS }, shape, deadlineMs);
    },
  };
}
