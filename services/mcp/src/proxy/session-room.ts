import { ANONYMOUS } from '@aegis/contracts/call';
import { type Connection, Unavailable } from './connection.ts';

type Session = {
  readonly connection: Pick<Connection, 'principal' | 'isIdle'>;
  readonly lastUsedMs: number;
};

/**
 * Which session ends where one more of this principal begins; undefined where there is room. The last quarter of `most` is
 * for principals that have none. Beyond it the oldest idle one ends of whoever has the most: of their own, or of somebody
 * who has more than they will have, so that nobody ends others' by beginning many. Where nobody has a key all are one.
 *
 * @throws Unavailable where none of these is idle
 */
export function whoGivesWay<S extends Session>(
  sessions: Iterable<S>,
  principal: string,
  most: number,
): S | undefined {
  const all = [...sessions];
  const byPrincipal = Map.groupBy(all, ({ connection }) => connection.principal);
  const own = byPrincipal.get(principal)?.length ?? 0;
  const kept = own === 0 || principal === ANONYMOUS ? 0 : Math.floor(most / 4);
  if (all.length < most - kept) return undefined;
  const [oldest] = [...byPrincipal]
    .filter(([other, { length }]) => other === principal || length > own + 1)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([, theirs]) => theirs.filter(({ connection }) => connection.isIdle()))
    .flatMap((idle) => idle.toSorted((a, b) => a.lastUsedMs - b.lastUsedMs));
  if (oldest !== undefined) return oldest;
  throw new Unavailable(`All ${most - kept} sessions that there may be are in use: try again later.`);
}
