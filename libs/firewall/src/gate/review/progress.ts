/** The steps of our own progress: so small that a server's own, from whatever it starts, soon rises above them. */
const STEP = 1e-6;

/** Progress of requests that are held: it strictly rises, before and after the hand-over to the server. */
export type Progress = ReturnType<typeof createProgress>;

export function createProgress() {
  const told = new Map<string | number, number>();
  return {
    /** The next notification of ours under this token, as text. */
    next(token: string | number, message: string): string {
      const steps = (told.get(token) ?? 0) + 1;
      told.set(token, steps);
      const params = { progressToken: token, progress: steps * STEP, message };
      return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params });
    },
    /** False for a server's progress that does not rise above what the client has had from us. */
    rises(params: Readonly<Record<string, unknown>> | undefined): boolean {
      const steps = told.get(params?.['progressToken'] as string | number);
      if (steps === undefined) return true;
      const { progress } = params ?? {};
      return typeof progress === 'number' && progress > steps * STEP;
    },
    /** The request of this token is answered. */
    over(token: string | number | undefined): void {
      if (token !== undefined) told.delete(token);
    },
  };
}
