/** What became of one attempt. */
export type AttemptResult =
  | { ok: true; status?: number; error?: string }
  | {
      ok: false;
      error: string;
      status?: number;
      /** It will not get better by trying again. */
      permanent?: true;
      /** The receiver does not want to be told any more. */
      gone?: true;
      /** How long the receiver asks to be left alone, in milliseconds. */
      retryAfterMs?: number;
    };

/** An attempt that can not be made or has no answer; its message is for the delivery log. */
export class DeliveryError extends Error {}

const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;
const TO_BE_LEFT_ALONE: readonly number[] = [429, 503];

/** `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3); a day at most. */
function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : undefined;
}

/** How an answer is taken: only 2xx is a success, and nobody is followed anywhere. */
export function toAttemptResult(status: number, retryAfter: string | undefined, now: Date): AttemptResult {
  if (status >= 200 && status < 300) return { ok: true, status };
  if (status === 410)
    return { ok: false, status, gone: true, error: 'it answered 410: it wants no more of this' };
  if (status >= 300 && status < 400) {
    return { ok: false, status, error: `it answered ${status}, and redirects are not followed` };
  }
  const failed = { ok: false, status, error: `it answered ${status}` } as const;
  const retryAfterMs = TO_BE_LEFT_ALONE.includes(status) ? readRetryAfter(retryAfter, now) : undefined;
  return retryAfterMs === undefined ? failed : { ...failed, retryAfterMs };
}
