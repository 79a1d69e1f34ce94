import { CLIENTS_ENTRY, clientsAction, WriteAudit } from '../audit.ts';
import { AUDIT_LOG } from '../subjects.ts';
import { event } from './event.ts';

export const AUDIT_DEFINITIONS = {
  [CLIENTS_ENTRY]: event({
    schema: WriteAudit,
    channel: { id: 'audit', title: "Clients' own entries", subject: AUDIT_LOG },
    sentence:
      'A client wrote an entry, by `POST /audit` or the tool `audit_write`. Its action is shown as `client:<action>`.',
    audit: ({ action }) => ({ action: clientsAction(action) }),
  }),
};
