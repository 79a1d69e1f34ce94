import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, connectBus, type Responder, route } from '@aegis/bus';
import {
  type Approval,
  approvalsOwn,
  approvalsRequest,
  type RequestApproval,
} from '@aegis/contracts/approvals';
import { auditWrite, type WriteAudit } from '@aegis/contracts/audit';
import { callDigest } from '@aegis/contracts/call-digest';
import { approvalsRedeem, type RedeemCode } from '@aegis/contracts/codes';
import {
  type CheckReply,
  type CheckRequest,
  type EnforceReply,
  type EnforceRequest,
  enforce,
  policyCheck,
} from '@aegis/contracts/decision';
import { policyGet } from '@aegis/contracts/policy';
import type { ServiceName } from '@aegis/contracts/subjects';
import { AppError } from '@aegis/kit/errors';
import { digestOf } from '@aegis/kit/json';
import { createLogger } from '@aegis/kit/logger';

export const DIGEST = digestOf({ a: 'policy' });
export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const APPROVAL_ID = `apr_${'a'.repeat(26)}`;
export const DECIDE_BY = '2030-01-01T13:00:00.000Z';

/** How long an enforce with `op: slow` takes. */
const SLOW_MS = 300;

/** What the services were asked, the newest last. */
export type Asked = {
  checks: CheckRequest[];
  enforces: EnforceRequest[];
  traceparents: (string | undefined)[];
  approvals: RequestApproval[];
  codes: RedeemCode[];
  entries: WriteAudit[];
};

/** What the rule of `refunds.*` says of who decides. */
export const TERMS = { approvers: ['finance'], quorum: 2 };
/** Why nobody is asked about `flood.*`. */
export const TOO_MANY = '50 calls of this agent wait for a person already';

/** `shop.*` is allowed, `refunds.*` and `flood.*` wait for a person, `broken.*` fails, the rest is blocked. */
function check({ tool }: CheckRequest): CheckReply {
  const allowed = tool.startsWith('shop.');
  const review = tool.startsWith('refunds.') || tool.startsWith('flood.');
  return {
    decision: allowed ? 'allow' : review ? 'review' : 'deny',
    allowed,
    approval_required: review,
    reasons: allowed
      ? []
      : [review ? 'Refund amount 900 exceeds cap' : `Tool '${tool}' matches deny pattern '*'`],
    policy_digest: DIGEST,
    policy_version: 2,
    ...(review ? { rule: { index: 3, match: 'refunds.*' }, terms: TERMS } : {}),
  };
}

function decide({ call, dry_run_id, via }: EnforceRequest): EnforceReply {
  if (call.tool.startsWith('broken.'))
    throw new AppError('storage_unavailable', 'The event log does not take writes.');
  if (dry_run_id === 'taken')
    throw new AppError('dry_run_id_in_use', 'dry_run_id: is in use for another call');
  const { allowed, approval_required, reasons } = check({ tool: call.tool, principal: call.principal, via });
  const waits = approval_required
    ? { approval_id: APPROVAL_ID, dry_run_id: dry_run_id ?? 'made-by-approvals' }
    : {};
  const status = allowed ? 'allowed' : approval_required ? 'pending' : 'blocked';
  return { allowed, approval_required, status, reasons, trace_id: TRACE_ID, ...waits };
}

function pend({ call, dry_run_id, reasons }: RequestApproval): Approval {
  if (dry_run_id === 'taken')
    throw new AppError('dry_run_id_in_use', 'dry_run_id: is in use for another call');
  return {
    status: 'pending',
    approval_id: APPROVAL_ID,
    dry_run_id: dry_run_id ?? 'made-by-approvals',
    generation: 1,
    trace_id: TRACE_ID,
    call,
    call_digest: callDigest(call),
    reasons,
    requested_at: '2030-01-01T12:00:00.000Z',
    decide_by: DECIDE_BY,
  };
}

/** The right code of every approval. */
export const CODE = 'K7QF3NWT';
/** What is said of a wrong one. */
export const WRONG_CODE = 'The code is wrong; 2 more wrong ones deny the call';

/**
 * Under `waits` a call waits; under `over` a question is over; `taken` is another call's; under any other key there is
 * nothing.
 */
function standsUnder(dry_run_id: string, principal: string): Approval | undefined {
  const of = (tool: string): Approval => pend({ call: { tool, principal }, dry_run_id, reasons: [] });
  if (dry_run_id === 'waits') return of('refunds.create');
  if (dry_run_id !== 'over') return undefined;
  return { ...of('require_approval'), status: 'expired', expired_at: DECIDE_BY };
}

function redeem({ id, principal, approval_code }: RedeemCode) {
  const pending = pend({ call: { tool: 'refunds.create', principal }, dry_run_id: id, reasons: [] });
  if (approval_code !== CODE) return { approval: pending, revision: 2, counted: false, because: WRONG_CODE };
  const decided = { decided_at: DECIDE_BY, decided_by: 'ada', use_by: DECIDE_BY };
  return { approval: { ...pending, ...decided, status: 'approved' as const }, revision: 2, counted: true };
}

const routesOf = (asked: Asked) => ({
  policy: [
    route(policyCheck, (request) => {
      asked.checks.push(request);
      return check(request);
    }),
    route(policyGet, () => ({
      policy: { version: 2, rules: [] },
      path: 'policy.yml',
      digest: DIGEST,
      version: 2 as const,
    })),
  ],
  enforcer: [
    route(enforce, async (request, { traceparent }) => {
      asked.enforces.push(request);
      asked.traceparents.push(traceparent);
      if (request.call.op === 'slow') await sleep(SLOW_MS);
      return decide(request);
    }),
  ],
  approvals: [
    route(approvalsOwn, ({ dry_run_id, principal }) => ({ approval: standsUnder(dry_run_id, principal) })),
    route(approvalsRedeem, (request) => {
      asked.codes.push(request);
      return redeem(request);
    }),
    route(approvalsRequest, (request) => {
      asked.approvals.push(request);
      return request.call.tool.startsWith('flood.') ? { refused: TOO_MANY } : { approval: pend(request) };
    }),
  ],
  audit: [
    route(auditWrite, (request) => {
      asked.entries.push(request);
      return { ok: true as const, trace_id: TRACE_ID, path: 'audit.jsonl' };
    }),
  ],
});

export const quiet = createLogger('test', 'silent');

/** Answers for the four services, each with its own identity on a real bus; `without` leaves one away. */
export async function startStandIns(server: { url: string; keysDir: string }, without?: ServiceName) {
  const asked: Asked = { checks: [], enforces: [], traceparents: [], approvals: [], codes: [], entries: [] };
  const buses: Bus[] = [];
  const responders: Responder[] = [];
  for (const [identity, routes] of Object.entries(routesOf(asked))) {
    if (identity === without) continue;
    const seedPath = `${server.keysDir}/${identity}.nk`;
    const bus = await connectBus({ url: server.url, identity, seedPath, log: quiet });
    buses.push(bus);
    responders.push(await bus.respond(routes));
  }
  const stop = async (): Promise<void> => {
    await Promise.all(responders.map((responder) => responder.drain()));
    await Promise.all(buses.map((bus) => bus.close()));
  };
  return { asked, stop };
}
