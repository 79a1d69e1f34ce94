import { type RequestContext, type Route, route } from '@aegis/bus';
import {
  auditQuery,
  auditRefused,
  auditWrite,
  type CountRefused,
  type QueryAudit,
  type QueryAuditReply,
  type WriteAudit,
  type WriteAuditReply,
} from '@aegis/contracts/audit';
import { type HealthReply, healthOf } from '@aegis/contracts/health';

/** What the service answers. */
export type Answers = {
  write: (entry: WriteAudit, context: RequestContext) => Promise<WriteAuditReply>;
  refused: (counted: CountRefused, context: RequestContext) => Promise<{ ok: true }>;
  query: (query: QueryAudit, context: RequestContext) => Promise<QueryAuditReply>;
  health: () => HealthReply;
};

/** The ways in: `aegis.rpc.audit.{write,refused,query,health}`. */
export const routes = ({ write, refused, query, health }: Answers): Route[] => [
  route(auditWrite, write),
  route(auditRefused, refused),
  route(auditQuery, query),
  route(healthOf('audit'), health),
];
