import type { Rate } from './buckets.ts';
import type { AppError, Limit } from './errors/app-error.ts';

const S = 1_000;

/** A bucket as a quota in the time in which it fills. */
export const limitOf = (name: string, { atOnce, thenEach, everyMs }: Rate): Limit => ({
  name,
  quota: atOnce,
  window_s: Math.max(1, Math.ceil(((atOnce / thenEach) * everyMs) / S)),
});

/** Of what is held, and not used up. */
export const concurrent = (name: string, quota: number): Limit => ({
  name,
  quota,
  unit: 'concurrent-requests',
});

/** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), which are structured fields (RFC 9651). */
export const rateLimitFields = ({ name, quota, unit, window_s }: Limit, left: number, inS?: number) => ({
  'ratelimit-policy': `"${name}";q=${quota}${unit ? `;qu="${unit}"` : ''}${window_s ? `;w=${window_s}` : ''}`,
  ratelimit: `"${name}";r=${left}${inS === undefined ? '' : `;t=${inS}`}`,
});

/** What goes with an error that may go through later: when, and of which limit. */
export const retryFields = ({ retryAfterS, limit }: AppError): Readonly<Record<string, string>> => ({
  ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  ...(limit === undefined ? {} : rateLimitFields(limit, 0, retryAfterS)),
});
