import type { PastCalls, PastCallsReply } from '@aegis/contracts/audit';
import { visibleJson } from '@aegis/kit/text';
import { linesBackward } from '../file/backward.ts';
import { checked, LOOK_AT_CLOCK, readLine, type Searched } from './query.ts';

const DECISION = 'aegis.decision.enforced.v1';

/**
 * The last calls that a principal asked for before a question, newest first, and how many there were in all. A search that
 * is not over at `giveUpAt`, in milliseconds since the epoch, says since when it counted.
 *
 * @throws AppError `audit_unavailable` where a line of this principal can't be read
 */
export async function pastCalls(
  file: Searched,
  { principal, before, except, limit }: PastCalls,
  giveUpAt: number,
): Promise<PastCallsReply> {
  // As the file has them: most lines are somebody else's, and are told apart before they are parsed.
  const marks = [`"type":"${DECISION}"`, `"principal":${visibleJson(JSON.stringify(principal))}`];
  const until = Date.parse(before);
  const reply: PastCallsReply = { entries: [], total: 0, blocked: 0 };
  let looked = 0;
  for await (const found of linesBackward(file.handle, file.length())) {
    if (++looked % LOOK_AT_CLOCK === 0 && Date.now() > giveUpAt) {
      return { ...reply, since: readLine(file, found).ts };
    }
    if (!marks.every((mark) => found.text.includes(mark))) continue;
    const line = readLine(file, found);
    if (line.principal !== principal || line.type !== DECISION || Date.parse(line.ts) >= until) continue;
    if (except !== undefined && line.approval_id === except) continue;
    reply.total++;
    if (line.status === 'blocked') reply.blocked++;
    if (reply.entries.length < limit) reply.entries.push(checked(file, line, found.at));
  }
  return reply;
}
