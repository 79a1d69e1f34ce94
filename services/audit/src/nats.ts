import { type RequestContext, type Route, route } from '@aegis/bus';
import {
  auditRefused,
  auditWrite,
  type CountRefused,
  type WriteAudit,
  type WriteAuditReply,
} from '@aegis/contracts/audit';
import { type HealthReply, healthOf } from '@aegis/contracts/health';

/** What the service answers. */
export type Answers = {
  write: (entry: WriteAudit, context: RequestContext) => Promise<WriteAuditReply>;
  refused: (counted: CountRefused, context: RequestContext) => Promise<{ ok: true }>;
  health: () => HealthReply;
};

/** The ways in: `aegis.rpc.audit.{write,refused,health}`; `query` and `past` are for a thread of its own. */
export const routes = ({ write, refused, health }: Answers): Route[] => [
  route(auditWrite, write),
  route(auditRefused, refused),
  route(healthOf('audit'), health),
];
