import { ApprovalId, approvalsGet } from '@aegis/contracts/approvals';
import {
  AUDIT_STATUSES,
  auditQuery,
  auditWrite,
  QueryAudit,
  QueryAuditReply,
  WriteAudit,
  WriteAuditReply,
} from '@aegis/contracts/audit';
import { CallId } from '@aegis/contracts/call';
import { AppError } from '@aegis/kit/errors';
import { visibleJson } from '@aegis/kit/text';
import { z } from 'zod';
import { permitOf } from '../http/callers.ts';
import { onlyOf } from '../http/rights.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { AS_AGENT } from '../openapi/security.ts';
import { AGENT_FAULTS, BODY_FAULTS, CREDENTIAL_FAULTS, problems } from '../schemas/problem.ts';
import { wholeNumber, yesOrNo } from '../schemas/query.ts';

const tags = ['audit'];

/** Who wrote it and by which way is not the caller's to say. */
const AuditBody = WriteAudit.omit({ principal: true, via: true }).meta({
  id: 'AuditEntry',
  description: 'An entry to write',
  examples: [{ action: 'deploy', tool: 'deploy.run', ok: true, note: 'Version 1.4 is out.' }],
});

const AuditQuery = z
  .strictObject({
    ...QueryAudit.omit({ ok: true, limit: true, before: true }).shape,
    call_id: CallId.optional(),
    ok: yesOrNo.optional(),
    status: z.enum(AUDIT_STATUSES).optional(),
    /** Either id names an approval. */
    approval_id: z.string().min(1).max(200).optional(),
    limit: wholeNumber(1, 1000).default(100),
    before: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['from'],
    message: 'is not before `to`, so that nothing is between them',
  });

/** What clients wrote reaches terminals from here: it is the same JSON, with nothing invisible in it. */
const serializerCompiler = () => (page: unknown) => visibleJson(JSON.stringify(page));

/** The record: a client's own entries in, everything out. */
export function auditRoutes(app: App, { ask }: HttpDeps): void {
  const write = {
    tags,
    operationId: 'writeAudit',
    summary: 'Write an entry into the record',
    description:
      'It is shown as `client:<action>`, with who wrote it: no entry of a client passes for one of ours.',
    ...AS_AGENT,
    body: AuditBody,
    response: { 201: WriteAuditReply, ...problems([...BODY_FAULTS, ...AGENT_FAULTS]) },
  };
  app.post('/audit', { schema: write }, async (request, reply) => {
    const entry = { ...request.body, principal: request.principal, via: 'rest' as const };
    const written = await ask(auditWrite, entry, request);
    return reply.code(201).send(written);
  });

  const query = {
    tags,
    operationId: 'queryAudit',
    summary: 'Entries of the record, newest first',
    description:
      'Times are ISO 8601 in UTC, `from` inclusive, `to` exclusive. A page ends with `next` where there are more: ask again with `before=<next>`. ' +
      'With `approval_id`, only what is about that approval, which may be named by its run key too.',
    querystring: AuditQuery,
    response: { 200: QueryAuditReply, ...problems([...CREDENTIAL_FAULTS, 404, 409, 422, 503]) },
  };
  app.get('/audit', { schema: query, serializerCompiler }, async (request) => {
    const { approval_id: id } = request.query;
    const own = onlyOf(permitOf(request), request.caller);
    if (own !== undefined && (request.query.principal ?? own) !== own)
      throw new AppError(
        'forbidden',
        `principal: ${own} reads what is its own; all of it takes a key of an auditor, approver, operator or admin.`,
      );
    const principal = own ?? request.query.principal;
    const find = { id: id ?? '', principal: own };
    const idOf = async () => (await ask(approvalsGet, find, request)).approval.approval_id;
    // By its own id the record is read where the approvals are away too.
    const approval_id = id === undefined || ApprovalId.safeParse(id).success ? id : await idOf();
    const page = await ask(auditQuery, { ...request.query, approval_id, principal }, request);
    const isNothing = page.entries.length === 0 && page.next === undefined;
    if (isNothing && id !== undefined && approval_id === id) await idOf();
    return page;
  });
}
