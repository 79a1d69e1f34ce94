import { AuditMended, CLIENTS_ENTRY, CountRefused, clientsAction, WriteAudit } from '../audit.ts';
import { AUDIT_LOG } from '../subjects.ts';
import { type Channel, event } from './event.ts';

const AUDIT: Channel = {
  id: 'audit',
  title: "Clients' own entries, what the operator mended, and what was refused",
  about: 'What a client says, what came in and became no decision, and what the operator did to the log.',
  subject: AUDIT_LOG,
};

/** By which way something came in, for people. */
const OVER = { rest: 'over REST', mcp: 'over MCP', path: 'in the path' } as const;

export const AUDIT_DEFINITIONS = {
  [CLIENTS_ENTRY]: event({
    schema: WriteAudit,
    channel: AUDIT,
    sentence:
      'A client wrote an entry, by `POST /audit` or the tool `audit_write`. Its action is shown as `client:<action>`.',
    audit: ({ action }) => ({ action: clientsAction(action) }),
  }),
  'aegis.audit.mended.v1': event({
    schema: AuditMended,
    channel: AUDIT,
    sentence:
      'The operator mended a subject whose last messages were none of its events, by `aegis broker mend`.',
    audit: ({ subject, by, skipped, restored }) => ({
      ok: true,
      principal: by,
      note:
        restored === undefined
          ? `${subject}: passed over ${skipped.join(', ')}`
          : `${subject}: passed over ${skipped.join(', ')}; what was stored at ${restored} counts again`,
    }),
  }),
  'aegis.requests.refused.v1': event({
    schema: CountRefused,
    channel: AUDIT,
    sentence:
      'Requests were refused before they were decisions: not readable, too large, from nobody known. Counted, and said a second ' +
      'after the first one, then every 30 seconds at most, and at the end.',
    audit: ({ door, since, total, refused }) => ({
      ok: false,
      status: 'refused',
      note: `${total} ${OVER[door]} since ${since}: ${refused
        .map(({ kind, source, count }) => `${count} ${kind} of ${source}`)
        .join(', ')}`,
    }),
  }),
};
