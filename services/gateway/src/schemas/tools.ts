import { AcceptTool } from '@aegis/contracts/tool-definition';
import { z } from 'zod';

/** What `POST /tools/accept` takes: one exact definition, by its digest. */
export const AcceptBody = AcceptTool.omit({ source: true }).extend({
  approval_code: z.string().min(1, 'required').max(1024),
});
