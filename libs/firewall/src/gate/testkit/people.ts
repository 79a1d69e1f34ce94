import { randomUUID } from 'node:crypto';
import { route } from '@aegis/bus';
import { type Approval, approvalsCancel, approvalsGet, approvalsStatus } from '@aegis/contracts/approvals';
import { callDigest, recordCall } from '@aegis/contracts/call-digest';
import { createEvent } from '@aegis/contracts/create-event';
import { type EnforceReply, type EnforceRequest, enforce, type Outcome } from '@aegis/contracts/decision';
import { enforceLog } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { digestOf } from '@aegis/kit/json';
import { newTraceId } from '@aegis/kit/trace';
import { connectTestBus } from '@aegis/testkit/bus';

const LATER = '2030-01-01T13:00:00.000Z';
const decided = { decided_at: LATER, decided_by: 'ann' };

/** Stand-ins for the enforcer and the approvals service, and the people behind them. Every call is a question. */
export type People = {
  readonly enforces: EnforceRequest[];
  readonly approvals: Map<string, Approval>;
  readonly cancelled: string[];
  /** The approval of the newest question. */
  newest(): Approval;
  approve(approvalId?: string): void;
  deny(approvalId?: string): void;
  expire(approvalId?: string): void;
  /** One yes of more that it takes. */
  endorse(approvalId?: string): void;
  supersede(approvalId?: string): void;
  /** Runs before each answer of the enforcer. */
  beforeAnswer: (request: EnforceRequest) => Promise<void>;
  /** Whether the enforcer's answers name the decision's event, as since 0.2. */
  namesDecisions: boolean;
  /** How often somebody asked how an approval stands. */
  looks: number;
  /** How often somebody read a whole one. */
  reads: number;
  stop(): Promise<void>;
};

const letters = (n: number): string => String.fromCharCode(97 + (n % 26));
const standing = (status: Approval['status']): boolean =>
  status === 'pending' || status === 'approved' || status === 'denied';

export async function startPeople(server: { url: string; keysDir: string }): Promise<People> {
  const [asEnforcer, asApprovals] = await Promise.all([
    connectTestBus(server, 'enforcer'),
    connectTestBus(server, 'approvals'),
  ]);
  const approvals = new Map<string, Approval>();
  const enforces: EnforceRequest[] = [];
  const cancelled: string[] = [];

  const ask = ({ call, dry_run_id, review_because }: EnforceRequest): Approval => {
    const id = `apr_${letters(approvals.size).repeat(26)}`;
    const approval: Approval = {
      status: 'pending',
      approval_id: id,
      dry_run_id: dry_run_id ?? 'none',
      generation: 1,
      trace_id: newTraceId(),
      call,
      call_digest: callDigest(call),
      reasons: review_because ?? ['a rule asks for review'],
      requested_at: LATER,
      decide_by: LATER,
    };
    approvals.set(id, approval);
    return approval;
  };
  const find = ({ call, dry_run_id }: EnforceRequest): Approval | undefined =>
    [...approvals.values()].find(
      (one) => one.dry_run_id === dry_run_id && one.call_digest === callDigest(call) && standing(one.status),
    );
  const store = async (id: string, request: EnforceRequest, outcome: Outcome, approval: Approval) => {
    const { call, via, dispatch, client, door, recorded_args, recorded_input } = request;
    const event = createEvent({
      type: 'aegis.decision.enforced.v1',
      id,
      source: 'enforcer',
      time: new Date().toISOString(),
      traceId: approval.trace_id,
      data: {
        client,
        door,
        recorded_args,
        recorded_input,
        dispatch,
        call: recordCall(call),
        outcome,
        reasons: approval.reasons,
        policy_digest: digestOf('policy'),
        policy_version: 2,
        ruled_at: new Date().toISOString(),
        approval_id: approval.approval_id,
        via,
      },
    });
    await asEnforcer.commit({ subject: enforceLog(outcome), event }, Date.now() + 2_000);
  };
  const OUTCOMES: Partial<Record<Approval['status'], Outcome>> = { approved: 'allowed', denied: 'blocked' };
  const answer = async (request: EnforceRequest): Promise<EnforceReply> => {
    enforces.push(request);
    await people.beforeAnswer(request);
    const approval = find(request) ?? ask(request);
    const outcome = OUTCOMES[approval.status] ?? 'pending';
    const decisionId = randomUUID();
    if (approval.status === 'approved') {
      const used = { ...approval, status: 'consumed', consumed_at: LATER, decision_id: decisionId } as const;
      approvals.set(approval.approval_id, used);
    }
    await store(decisionId, request, outcome, approval);
    const { approval_id, reasons, trace_id } = approval;
    const allowed = outcome === 'allowed';
    return {
      allowed,
      approval_required: outcome === 'pending',
      status: outcome,
      reasons,
      approval_id,
      trace_id,
      ...(people.namesDecisions ? { decision_id: decisionId } : {}),
    };
  };
  const get = (id: string): Approval => {
    const found = approvals.get(id);
    if (found) return found;
    throw new AppError('approval_not_found', 'No such approval.');
  };
  const cancel = (id: string, because: string): Approval => {
    cancelled.push(id);
    const asked = get(id);
    if (asked.status === 'pending') {
      approvals.set(id, { ...asked, status: 'cancelled', cancelled_at: LATER, cancelled_because: because });
    }
    return get(id);
  };
  const newest = (): Approval => [...approvals.values()].at(-1) as Approval;
  const change = (id: string | undefined, more: object): void => {
    const one = get(id ?? newest().approval_id);
    approvals.set(one.approval_id, { ...one, ...more });
  };

  const people: People = {
    enforces,
    approvals,
    cancelled,
    newest,
    approve: (id) => change(id, { status: 'approved', ...decided, use_by: LATER }),
    deny: (id) => change(id, { status: 'denied', ...decided, denied_because: 'too much' }),
    expire: (id) => change(id, { status: 'expired', expired_at: LATER }),
    endorse: (id) => change(id, { endorsements: [{ by: 'ann', at: LATER }], terms: { quorum: 2 } }),
    supersede: (id) =>
      change(id, { status: 'superseded', superseded_at: LATER, superseded_because: 'the policy changed' }),
    beforeAnswer: async () => undefined,
    namesDecisions: true,
    looks: 0,
    reads: 0,
    async stop() {
      await Promise.all(responders.map((responder) => responder.drain()));
      await Promise.all([asEnforcer.close(), asApprovals.close()]);
    },
  };
  const responders = [
    await asEnforcer.respond([route(enforce, answer)]),
    await asApprovals.respond([
      route(approvalsStatus, ({ approval_id }) => {
        people.looks++;
        return { status: get(approval_id).status };
      }),
      route(approvalsGet, ({ id }) => {
        people.reads++;
        return { approval: get(id) };
      }),
      route(approvalsCancel, ({ approval_id, because }) => ({ approval: cancel(approval_id, because) })),
    ]),
  ];
  return people;
}
