import { open } from 'node:fs/promises';
import { answerText, type RequestContext } from '@aegis/bus/answer';
import { auditPast, auditQuery } from '@aegis/contracts/audit';
import { AppError, toAppError } from '@aegis/kit/errors';
import { serveWorker } from '@aegis/kit/worker';
import { pastCalls } from './past.ts';
import { queryLines, type Searched } from './query.ts';

/** A search ends this long before its deadline, so that the answer still gets through. */
const ANSWER_MS = 200;
/** A search gives what it found after this time, and the next one its turn. */
const SEARCH_MS = 400;

/** A request's text, and the open file that it is about: as long as it was, and the very one. */
export type Search = {
  asked: 'query' | 'past';
  request: string;
  path: string;
  length: number;
  ino: number;
  dev: number;
};

const unavailable = (detail: string, cause?: unknown): AppError =>
  new AppError('audit_unavailable', detail, { cause });

type Look<Asked, Reply> = (file: Searched, asked: Asked, giveUpAt: number) => Promise<Reply>;

/** Looks into the very file that the request is about. */
const searching =
  <Asked, Reply>({ path, length, ino, dev }: Search, look: Look<Asked, Reply>) =>
  async (asked: Asked, { deadlineMs }: RequestContext): Promise<Reply> => {
    try {
      await using handle = await open(path, 'r');
      const found = await handle.stat();
      if (found.ino !== ino || found.dev !== dev) {
        throw unavailable('The audit file is being opened again; try again in a moment.');
      }
      const giveUpAt = Math.min(deadlineMs - ANSWER_MS, Date.now() + SEARCH_MS);
      return await look({ path, handle, length: () => length }, asked, giveUpAt);
    } catch (thrown) {
      const error = toAppError(thrown);
      throw error.code === 'internal' ? unavailable('The audit file can not be read.', thrown) : error;
    }
  };

const ANSWERS = {
  query: (search: Search) => answerText(auditQuery, search.request, searching(search, queryLines)),
  past: (search: Search) => answerText(auditPast, search.request, searching(search, pastCalls)),
};

/** A request's text in, its reply's text out. */
serveWorker(async (search: Search) => JSON.stringify(await ANSWERS[search.asked](search)));
