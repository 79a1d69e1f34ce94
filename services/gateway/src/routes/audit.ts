import { auditQuery, auditWrite, QueryAuditReply, WriteAuditReply } from '@aegis/contracts/audit';
import { ANONYMOUS } from '@aegis/contracts/call';
import { contextOf } from '../http/request-context.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { AuditBody, AuditQuery } from '../schemas/audit.ts';
import { BODY_FAULTS, problems } from '../schemas/problem.ts';

const tags = ['audit'];

/** The record: a client's own entries in, everything out. */
export function auditRoutes(app: App, { bus, config }: HttpDeps): void {
  const within = config.REQUEST_TIMEOUT_MS;
  const write = {
    tags,
    operationId: 'writeAudit',
    summary: 'Write an entry into the record',
    body: AuditBody,
    response: { 201: WriteAuditReply, ...problems(BODY_FAULTS) },
  };
  app.post('/audit', { schema: write }, async (request, reply) => {
    const entry = { ...request.body, principal: ANONYMOUS, via: 'rest' as const };
    const written = await bus.ask(auditWrite, entry, contextOf(request.headers, within));
    return reply.code(201).send(written);
  });

  const query = {
    tags,
    operationId: 'queryAudit',
    summary: 'Entries of the record, newest first',
    description:
      'Times are ISO 8601 in UTC, `from` inclusive, `to` exclusive. A page ends with `next` where there are more: ask again with `before=<next>`.',
    querystring: AuditQuery,
    response: { 200: QueryAuditReply, ...problems([422, 503]) },
  };
  app.get('/audit', { schema: query }, (request) =>
    bus.ask(auditQuery, request.query, contextOf(request.headers, within)),
  );
}
