import { Refused, Unreachable } from './errors.ts';

export type Question = { method: 'GET' | 'POST'; path: string; text?: string; idempotencyKey?: string };
export type Answer = Readonly<Record<string, unknown>>;
/** Asks the firewall. @throws Refused, Unreachable */
export type Ask = (question: Question, withinMs: number) => Promise<Answer>;

/** Sent again, these may be answered. */
const PASSING = [429, 502, 503, 504];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const headersOf = ({ text, idempotencyKey }: Question, key: string | undefined): Record<string, string> => ({
  ...(text === undefined ? {} : { 'content-type': 'application/json' }),
  ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
});

/** A firewall is asked until it answers, or the time is up: what is asked twice is asked with one idempotency key. */
export const createAsk =
  (url: string, key: string | undefined, send: typeof fetch): Ask =>
  async (question, withinMs) => {
    const untilMs = Date.now() + withinMs;
    for (let pauseMs = 250; ; pauseMs = Math.min(2 * pauseMs, 5_000)) {
      let why: string;
      try {
        const response = await send(`${url}${question.path}`, {
          method: question.method,
          headers: headersOf(question, key),
          ...(question.text === undefined ? {} : { body: question.text }),
          // Nobody else gets the key.
          redirect: 'error',
          signal: AbortSignal.timeout(Math.max(1, untilMs - Date.now())),
        });
        const body = (await response.json()) as Answer;
        if (typeof body !== 'object' || body === null) throw new TypeError('no JSON object');
        if (response.ok) return body;
        const { code = response.status, detail = '' } = body as { code?: string; detail?: string };
        why = `${code}: ${detail}`;
        if (!PASSING.includes(response.status)) throw new Refused(why);
        pauseMs = Math.max(pauseMs, 1000 * (Number(response.headers.get('retry-after')) || 0));
      } catch (thrown) {
        if (thrown instanceof Refused) throw thrown;
        why = `no answer from ${url} (${thrown instanceof Error ? thrown.message : 'unknown'})`;
      }
      if (Date.now() + pauseMs >= untilMs) throw new Unreachable(why);
      await pause(pauseMs);
    }
  };
