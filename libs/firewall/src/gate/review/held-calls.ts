/** Calls that may wait for people at the same time, in this process: each asks for its approval several times a second. */
const MAX_HELD = 256;

/** Who waits for which approval: two equal calls wait for one. */
export type HeldCalls = ReturnType<typeof createHeldCalls>;

export function createHeldCalls(max: number = MAX_HELD) {
  const waiting = new Map<string, number>();
  let held = 0;
  let isReleased = false;
  return {
    /** False where too many wait already, or nobody is to wait any more. */
    enter(approvalId: string): boolean {
      if (isReleased || held >= max) return false;
      held++;
      waiting.set(approvalId, (waiting.get(approvalId) ?? 0) + 1);
      return true;
    },
    /** True where nobody else waits for it. */
    leave(approvalId: string): boolean {
      held--;
      const left = (waiting.get(approvalId) ?? 1) - 1;
      if (left === 0) waiting.delete(approvalId);
      else waiting.set(approvalId, left);
      return left === 0;
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
