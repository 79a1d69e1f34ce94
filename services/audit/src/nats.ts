import { type RequestContext, type Route, route } from '@aegis/bus';
import type { QueryAudit, QueryAuditReply, WriteAudit, WriteAuditReply } from '@aegis/contracts/audit';
import { auditQuery, auditWrite, type HealthReply, healthOf } from '@aegis/contracts/rpc';

/** What the service answers. */
export type Answers = {
  write: (entry: WriteAudit, context: RequestContext) => Promise<WriteAuditReply>;
  query: (query: QueryAudit, context: RequestContext) => Promise<QueryAuditReply>;
  health: () => HealthReply;
};

/** The ways in: `aegis.rpc.audit.{write,query,health}`. */
export const routes = ({ write, query, health }: Answers): Route[] => [
  route(auditWrite, write),
  route(auditQuery, query),
  route(healthOf('audit'), health),
];
