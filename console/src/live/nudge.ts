/** What a change was about; undefined where anything may have changed. */
export type Changed = { approvalId: string; callDigest: string } | undefined;

/** Passes on what changed at most once in `waitMs`, so that a flood of events asks the server seldom. */
export function createNudge(
  run: (changes: Changed[]) => void,
  waitMs: number,
): { add(change: Changed): void; stop(): void } {
  let waiting: Changed[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    const changes = waiting;
    waiting = [];
    run(changes);
  };
  return {
    add(change) {
      waiting.push(change);
      timer ??= setTimeout(flush, waitMs);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = [];
    },
  };
}

type Event = { data?: { approval?: { approval_id?: unknown; call_digest?: unknown } } };

/** What an event of an approval says has changed; what can't be read may have changed anything. */
export function changedBy(data: string): Changed {
  try {
    const { approval } = (JSON.parse(data) as Event).data ?? {};
    const { approval_id: approvalId, call_digest: callDigest } = approval ?? {};
    if (typeof approvalId !== 'string' || typeof callDigest !== 'string') return undefined;
    return { approvalId, callDigest };
  } catch {
    return undefined;
  }
}
