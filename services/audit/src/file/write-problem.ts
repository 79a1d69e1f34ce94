import { AppError, codeOf } from '@aegis/kit/errors';
import { FileChangedError } from './line-file.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Why the files can't be written, in a sentence that says how to mend it. */
export function writeProblem(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (error instanceof FileChangedError) return `${error.message}; it is written anew from the log.`;
  const what = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (FULL.has(code)) return `No room to write the audit files (${what}): free some space. No event is lost.`;
  if (FORBIDDEN.has(code)) return `The audit files can't be written (${what}): give this user the right to.`;
  return `The audit files can't be written (${what}). No event is lost.`;
}
