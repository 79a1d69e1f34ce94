import { QueryAudit, WriteAudit } from '@aegis/contracts/audit';
import { z } from 'zod';
import { wholeNumber, yesOrNo } from './query.ts';

/** What `POST /audit` takes: who wrote it and by which way is not the caller's to say. */
export const AuditBody = WriteAudit.omit({ principal: true, via: true });

export const AuditQuery = z.strictObject({
  ...QueryAudit.pick({ from: true, to: true, tool: true, status: true }).shape,
  ok: yesOrNo.optional(),
  limit: wholeNumber(1, 1000).default(100),
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
});
