import { auditRefused, type CountRefused, MOST_REFUSED } from '@aegis/contracts/audit';
import type { Logger } from '@aegis/kit/logger';
import type { Ask } from './ask.ts';

/** The first ones of a moment are said together, and then no more often than this. */
const FIRST_MS = 1_000;
const EVERY_MS = 30_000;
const ASK_MS = 2_000;
/** Who is beyond what one count may tell apart. Room is left for their kinds. */
const OTHERS = 'others';
const MOST_SOURCES = MOST_REFUSED / 2;

type Counted = Omit<CountRefused, 'door' | 'until'>;

export type RefusalsOptions = {
  readonly ask: Ask;
  readonly log: Logger;
  readonly door: CountRefused['door'];
  readonly firstMs?: number;
  readonly everyMs?: number;
};

/** What a door refuses before it is a decision, counted into the record. */
export type Refusals = ReturnType<typeof createRefusals>;

const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200) || 'unknown';

/** Beyond the first sources a kind is of `others`, and beyond the first kinds of those it is `other`. */
function add(to: Counted['refused'], kind: string, source: string, count: number): void {
  const find = (k: string, s: string) => to.find((one) => one.kind === k && one.source === s);
  const same = find(kind, source) ?? (to.length < MOST_SOURCES ? undefined : find(kind, OTHERS));
  const isFull = to.length >= MOST_REFUSED - 1;
  const room = same ?? (isFull ? find('other', OTHERS) : undefined);
  if (room) room.count += count;
  else if (isFull) to.push({ kind: 'other', source: OTHERS, count });
  else to.push({ kind, source: to.length < MOST_SOURCES ? source : OTHERS, count });
}

export function createRefusals({ ask, log, door, firstMs = FIRST_MS, everyMs = EVERY_MS }: RefusalsOptions) {
  let counted: Counted | undefined;
  let timer: NodeJS.Timeout | undefined;
  let quietUntil = 0;
  let telling: Promise<void> | undefined;

  const count = (
    kind: string,
    source: string | undefined,
    times = 1,
    since = new Date().toISOString(),
  ): void => {
    counted ??= { since, total: 0, refused: [] };
    counted.total += times;
    add(counted.refused, kind, plain(source ?? ''), times);
    timer ??= setTimeout(() => void tell(), Math.max(firstMs, quietUntil - Date.now())).unref();
  };
  const send = async (): Promise<void> => {
    const taken = counted;
    if (taken === undefined) return;
    counted = undefined;
    quietUntil = Date.now() + everyMs;
    try {
      const until = new Date().toISOString();
      await ask(auditRefused, { door, until, ...taken }, { deadlineMs: Date.now() + ASK_MS });
    } catch (err) {
      log.warn({ err, refused: taken.total }, 'refusals not recorded yet');
      for (const one of taken.refused) count(one.kind, one.source, one.count, taken.since);
    }
  };
  const tell = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    telling = (telling ?? Promise.resolve()).then(send);
    return telling;
  };

  return {
    /** `kind`: the code of the answer; `source`: an address or a principal, as it is known by then. */
    count: (kind: string, source: string | undefined): void => count(kind, source),
    /** Says what is still to be said. */
    async close(): Promise<void> {
      await tell();
      clearTimeout(timer);
    },
  };
}
