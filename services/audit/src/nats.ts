import { type RequestContext, type Route, route } from '@aegis/bus';
import {
  auditQuery,
  auditWrite,
  type QueryAudit,
  type QueryAuditReply,
  type WriteAudit,
  type WriteAuditReply,
} from '@aegis/contracts/audit';
import { type HealthReply, healthOf } from '@aegis/contracts/health';

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
