import { ApprovalId, approvalsCancel, approvalsDecide, Verdict, Word } from '@aegis/contracts/approvals';
import { DryRunId, Timestamp } from '@aegis/contracts/call';
import { approvalsDraw } from '@aegis/contracts/codes';
import { fixtureOf } from '@aegis/contracts/fixture';
import { z } from 'zod';
import { ApprovalItem, itemFor, toApprovalItem } from '../approval-item.ts';
import { credentialOf } from '../http/credential.ts';
import { etagOf, revisionOf } from '../http/revision.ts';
import { UNASKED } from '../http/rights.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { AS_AGENT, SIGNED_IN } from '../openapi/security.ts';
import { AGENT_FAULTS, BODY_FAULTS, CREDENTIAL_FAULTS, problems, STANDING } from '../schemas/problem.ts';
import { orAlreadyDecided, ownIdOf, replyAlreadyDecided } from './already-decided.ts';
import { ApprovalParams } from './approvals.ts';

const tags = ['approvals'];

/** With an ETag as it was given, the decision counts for that very state only. */
export const DecideHeaders = z.object({ 'if-match': z.string().optional() });

/** The path has the verdict, and `If-Match` the state. */
const DecideBody = Word.pick({ reason: true })
  .default({})
  .meta({
    id: 'Decide',
    description: 'Why, where somebody has to say so',
    examples: [{ reason: 'The customer called us.' }],
  });

const drawn = fixtureOf(approvalsDraw).reply.approval;
/** The only place where a code stands. */
const DrawnBody = z
  .strictObject({
    approval_id: ApprovalId,
    run_key: DryRunId,
    dry_run_id: DryRunId,
    code: z.string(),
    until: Timestamp,
  })
  .meta({
    id: 'DrawnCode',
    description: 'A code for this one approval, shown once',
    examples: [
      {
        approval_id: drawn.approval_id,
        run_key: drawn.dry_run_id,
        dry_run_id: drawn.dry_run_id,
        code: 'K7QF3NWT',
        until: '2026-01-01T00:13:00.000Z',
      },
    ],
  });

const CancelBody = z
  .strictObject({ reason: z.string().min(1).max(200).optional() })
  .default({})
  .meta({
    id: 'Cancel',
    description: 'Why it is not needed any more',
    examples: [{ reason: 'The order was changed.' }],
  });

const WORDS = {
  approve: {
    operationId: 'approveApproval',
    summary: "Approve, with an approver's key or the code",
    description:
      'Where it takes more than one person, the answer is still pending and has who said yes so far in `endorsements`. ' +
      'With `If-Match` the decision counts only for the state that had this ETag. A wrong key or code decides nothing.',
  },
  deny: {
    operationId: 'denyApproval',
    summary: "Deny, with an approver's key or the code",
    description:
      'One denial ends it. With `If-Match` the decision counts only for the state that had this ETag.',
  },
} as const;

function decideRoute(app: App, { ask }: HttpDeps, verdict: Verdict): void {
  const schema = {
    tags,
    ...WORDS[verdict],
    ...SIGNED_IN,
    params: ApprovalParams,
    headers: DecideHeaders,
    body: DecideBody,
    response: {
      200: ApprovalItem,
      ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS, 404, 412]),
      ...STANDING,
    },
  };
  app.post(`/approvals/:id/${verdict}`, { schema }, async (request, reply) => {
    const { id } = request.params;
    const asked = {
      id,
      verdict,
      reason: request.body.reason,
      revision: revisionOf(request.headers['if-match']),
      credential: credentialOf(request),
    };
    return orAlreadyDecided(ask, request, reply, id, async () => {
      const decided = await ask(approvalsDecide, asked, request);
      if (!decided.counted) {
        const because = decided.because ?? `It is ${decided.approval.status} already.`;
        return replyAlreadyDecided(request, reply, because, decided);
      }
      reply.header('etag', etagOf(decided.revision));
      return toApprovalItem(decided.approval);
    });
  });
}

function codeRoute(app: App, { ask }: HttpDeps): void {
  const schema = {
    tags,
    operationId: 'drawCode',
    summary: 'Approve by a code that whoever asked has to give back, with an approver’s key or the code',
    description:
      'Your yes, waiting to be spoken: say the code to the agent, which gives it to `require_approval` as `approval_code`, or to ' +
      '`POST /approvals/complete` where the call was asked over REST. It is checked as a yes is, works once, for ten minutes ' +
      'and for this approval as it stands, and takes the place of one that was drawn before. It is shown here and kept nowhere.',
    ...SIGNED_IN,
    params: ApprovalParams,
    headers: DecideHeaders,
    body: DecideBody,
    response: {
      200: DrawnBody,
      ...problems([...BODY_FAULTS, ...CREDENTIAL_FAULTS, 404, 412]),
      ...STANDING,
    },
  };
  app.post('/approvals/:id/code', { schema }, async (request, reply) => {
    const { id } = request.params;
    const asked = {
      id,
      reason: request.body.reason,
      revision: revisionOf(request.headers['if-match']),
      credential: credentialOf(request),
    };
    return orAlreadyDecided(ask, request, reply, id, async () => {
      const { code, because, ...found } = await ask(approvalsDraw, asked, request);
      const { approval, revision } = found;
      if (code === undefined || approval.status !== 'pending' || approval.code === undefined)
        return replyAlreadyDecided(request, reply, because ?? `It is ${approval.status} already.`, found);
      reply.headers({ etag: etagOf(revision), 'cache-control': 'no-store' });
      const { approval_id, dry_run_id } = approval;
      return { approval_id, run_key: dry_run_id, dry_run_id, code, until: approval.code.until };
    });
  });
}

function cancelRoute(app: App, { ask }: HttpDeps): void {
  const schema = {
    tags,
    operationId: 'cancelApproval',
    summary: 'Take a question back, by whoever asked it over REST',
    description: 'A call of somebody else stays as it is, and so does one that ran, or is over.',
    ...AS_AGENT,
    params: ApprovalParams,
    body: CancelBody,
    response: { 200: ApprovalItem, ...problems([...BODY_FAULTS, ...AGENT_FAULTS, 404]), ...STANDING },
  };
  app.post('/approvals/:id/cancel', { schema }, async (request, reply) => {
    const { reason = 'Whoever asked took it back.' } = request.body;
    const { id } = request.params;
    const isId = request.caller === UNASKED && ApprovalId.safeParse(id).success;
    const { approval, revision } = await ask(
      approvalsCancel,
      {
        approval_id: isId ? id : await ownIdOf(ask, request, id),
        principal: request.principal,
        because: reason,
      },
      request,
    );
    if (approval.status !== 'cancelled') {
      const isAnothers = approval.call.principal !== request.principal;
      const because = isAnothers
        ? `Only ${approval.call.principal}, who asked, may cancel it.`
        : `It is ${approval.status} already.`;
      return replyAlreadyDecided(request, reply, because, { approval, revision });
    }
    if (revision !== undefined) reply.header('etag', etagOf(revision));
    return itemFor(request, approval);
  });
}

/** One person's word on one call, for programs; and the requester's own. */
export function decisionRoutes(app: App, deps: HttpDeps): void {
  for (const verdict of Verdict.options) decideRoute(app, deps, verdict);
  codeRoute(app, deps);
  cancelRoute(app, deps);
}
