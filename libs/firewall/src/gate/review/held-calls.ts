/** Calls that may wait for people at the same time, in this process: each asks for its approval several times a second. */
const MAX_HELD = 256;
/** Of these, one caller's: as many as may wait for people, and some. */
const SHARE = 0.25;

/** Who waits for which approval: two equal calls wait for one. */
export type HeldCalls = ReturnType<typeof createHeldCalls>;

/** One less; how many are left. */
function oneLess(counts: Map<string, number>, key: string): number {
  const left = (counts.get(key) ?? 1) - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
  return left;
}

export function createHeldCalls(max: number = MAX_HELD) {
  const waiting = new Map<string, number>();
  const ofOne = new Map<string, number>();
  let held = 0;
  let isReleased = false;
  return {
    /** False where too many wait already, of all or of this caller, or nobody is to wait any more. */
    enter(approvalId: string, principal: string): boolean {
      const mine = ofOne.get(principal) ?? 0;
      if (isReleased || held >= max || mine >= max * SHARE) return false;
      held++;
      ofOne.set(principal, mine + 1);
      waiting.set(approvalId, (waiting.get(approvalId) ?? 0) + 1);
      return true;
    },
    /** True where nobody else waits for it. */
    leave(approvalId: string, principal: string): boolean {
      held--;
      oneLess(ofOne, principal);
      return oneLess(waiting, approvalId) === 0;
    },
    /** Nobody is to wait any more: whoever does is told how to go on, and what they wait for stays. */
    release(): void {
      isReleased = true;
    },
    get isReleased(): boolean {
      return isReleased;
    },
    has: (approvalId: string): boolean => waiting.has(approvalId),
  };
}
