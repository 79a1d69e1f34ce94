import { WriteAudit } from '../audit.ts';
import { AUDIT_LOG } from '../subjects.ts';
import { event } from './event.ts';

export const AUDIT_DEFINITIONS = {
  'aegis.audit.written.v1': event({
    schema: WriteAudit,
    channel: { id: 'audit', title: "Clients' own entries", subject: AUDIT_LOG },
    sentence: 'A client wrote an entry, by `POST /audit` or the tool `audit_write`.',
  }),
};
