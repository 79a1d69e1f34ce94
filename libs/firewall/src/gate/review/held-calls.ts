/** Calls that may wait for people at the same time, in this process: each asks for its approval several times a second. */
const MAX_HELD = 256;

/** Who waits for which approval: two equal calls wait for one. */
export type HeldCalls = ReturnType<typeof createHeldCalls>;

export function createHeldCalls(max: number = MAX_HELD) {
  const waiting = new Map<string, number>();
  let held = 0;
  return {
    /** False where too many wait already. */
    enter(approvalId: string): boolean {
      if (held >= max) return false;
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
    has: (approvalId: string): boolean => waiting.has(approvalId),
  };
}
