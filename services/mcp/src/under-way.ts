import type { ServerResponse } from 'node:http';
import { ANONYMOUS } from '@aegis/contracts/call';
import { AppError } from '@aegis/kit/errors';

/** Requests over HTTP that have no whole answer yet: streams, calls that are held, servers that take their time. */
const MOST = 4_096;
/** Of these, one key's. Where nobody has a key all are one. */
const SHARE = 0.25;
/** When it is worth another try, in seconds. */
const RETRY_AFTER_S = 5;

/** Counts what is under way: each takes a connection, and one to its server, until it is over. */
export function createUnderWay(most: number = MOST) {
  const counts = new Map<string, number>();
  const ofOne = Math.max(1, Math.floor(most * SHARE));
  let all = 0;
  const leave = (principal: string): void => {
    all--;
    const own = (counts.get(principal) ?? 0) - 1;
    if (own > 0) counts.set(principal, own);
    else counts.delete(principal);
  };
  return {
    /** Takes a place until this answer is over, whole or not. @throws AppError `too_many_requests` */
    enter(principal: string, response: Pick<ServerResponse, 'once'>): void {
      const own = counts.get(principal) ?? 0;
      const limit = principal === ANONYMOUS ? most : ofOne;
      if (own >= limit || all >= most) {
        const whose = own >= limit ? 'of this caller ' : '';
        const detail = `${own >= limit ? limit : most} requests ${whose}are under way already: end some, or ask again later.`;
        throw new AppError('too_many_requests', detail, { retryAfterS: RETRY_AFTER_S });
      }
      all++;
      counts.set(principal, own + 1);
      response.once('close', () => leave(principal));
    },
  };
}
