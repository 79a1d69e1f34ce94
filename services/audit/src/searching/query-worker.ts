import { open } from 'node:fs/promises';
import { answerText, type RequestContext } from '@aegis/bus/answer';
import { auditQuery, type QueryAudit, type QueryAuditReply } from '@aegis/contracts/audit';
import { AppError, toAppError } from '@aegis/kit/errors';
import { serveWorker } from '@aegis/kit/worker';
import { queryLines } from './query.ts';

/** A search ends this long before its deadline, so that the answer still gets through. */
const ANSWER_MS = 200;
/** A search gives what it found after this time, and the next one its turn. */
const SEARCH_MS = 400;

/** A request's text, and the open file that it is about: as long as it was, and the very one. */
export type Search = { request: string; path: string; length: number; ino: number; dev: number };

const unavailable = (detail: string, cause?: unknown): AppError =>
  new AppError('audit_unavailable', detail, { cause });

async function query(
  { path, length, ino, dev }: Search,
  asked: QueryAudit,
  deadlineMs: number,
): Promise<QueryAuditReply> {
  await using handle = await open(path, 'r');
  const found = await handle.stat();
  if (found.ino !== ino || found.dev !== dev) {
    throw unavailable('The audit file is being opened again; try again in a moment.');
  }
  const giveUpAt = Math.min(deadlineMs - ANSWER_MS, Date.now() + SEARCH_MS);
  return await queryLines({ path, handle, length: () => length }, asked, giveUpAt);
}

/** A request's text in, its reply's text out. */
serveWorker(async (search: Search) => {
  const answer = async (asked: QueryAudit, { deadlineMs }: RequestContext): Promise<QueryAuditReply> => {
    try {
      return await query(search, asked, deadlineMs);
    } catch (thrown) {
      const error = toAppError(thrown);
      throw error.code === 'internal' ? unavailable('The audit file can not be read.', thrown) : error;
    }
  };
  return JSON.stringify(await answerText(auditQuery, search.request, answer));
});
