import { type AnyNumber, compareNumbers, isNumber, withPlainNumbers } from '@aegis/kit/numbers';

/** The steps of our own progress: so small that a server's own, from whatever it starts, soon rises above them. */
const STEP = 1e-6;

type Token = string | AnyNumber;

/** The server may write a number in another way than the client. */
const keyOf = (token: unknown): string => JSON.stringify(withPlainNumbers(token)) ?? '';

/** Progress of requests that are held: it strictly rises, before and after the hand-over to the server. */
export type Progress = ReturnType<typeof createProgress>;

export function createProgress() {
  const told = new Map<string, number>();
  return {
    /** The next notification of ours under this token, as text. */
    next(token: Token, message: string): string {
      const key = keyOf(token);
      const steps = (told.get(key) ?? 0) + 1;
      told.set(key, steps);
      const params = { progressToken: token, progress: steps * STEP, message };
      return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params });
    },
    /** False for a server's progress that does not rise above what the client has had from us. */
    rises(params: Readonly<Record<string, unknown>> | undefined): boolean {
      const { progressToken, progress } = params ?? {};
      const steps = told.size === 0 ? undefined : told.get(keyOf(progressToken));
      if (steps === undefined) return true;
      return isNumber(progress) && compareNumbers(progress, steps * STEP) === 1;
    },
    /** The request of this token is answered. */
    over(token: Token | undefined): void {
      if (token !== undefined) told.delete(keyOf(token));
    },
  };
}
