import type { PolicyEnds } from '@aegis/contracts/policy';
import { AppError } from '@aegis/kit/errors';
import { createMutex } from '@aegis/kit/mutex';
import type { Ground } from '../ground.ts';
import { createEdits } from './edits.ts';

/** Time to answer in, of what the asker gives. */
const ANSWER_MS = 300;
/** So many are named. */
const MOST_NAMED = 10;

export type WouldEnd = ReturnType<typeof createWouldEnd>;

/** Says what a policy would end that somebody tries out, one at a time, in a thread that no edit waits for. */
export function createWouldEnd(ground: Ground) {
  const edits = createEdits(ground);
  const oneByOne = createMutex();

  const look = async (text: string, deadlineMs: number): Promise<PolicyEnds> => {
    if (Date.now() >= deadlineMs) throw new AppError('deadline_exceeded', 'Others are tried out; try again.');
    const candidate = await edits.candidate(text, deadlineMs);
    const ends: PolicyEnds = { approvals: 0, grants: 0, unknown: 0, first: [] };
    for await (const some of edits.lookAgain(candidate, () => deadlineMs)) {
      for (const { of, because, unread } of some) {
        if (unread !== undefined) ends.unknown += 1;
        if (because === undefined) continue;
        ends[of.kind === 'grant' ? 'grants' : 'approvals'] += 1;
        const { id, tool, principal } = of;
        if (ends.first.length < MOST_NAMED) ends.first.push({ id, tool, principal, because });
      }
    }
    return ends;
  };

  return {
    /** The question's text in, the reply's out: it is read where it is tried. @throws AppError `invalid_request` */
    answer: (text: string, deadlineMs: number): Promise<string> =>
      oneByOne(async () => JSON.stringify({ data: await look(text, deadlineMs - ANSWER_MS) })),
    stop: edits.stop,
  };
}
