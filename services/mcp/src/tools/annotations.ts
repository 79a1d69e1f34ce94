import type { ToolAnnotations } from '@modelcontextprotocol/server';

/** Asks and changes nothing. */
export const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Adds to the record; takes nothing away. A second call adds again. */
export const RECORDS: ToolAnnotations = { ...READS, readOnlyHint: false, idempotentHint: false };
