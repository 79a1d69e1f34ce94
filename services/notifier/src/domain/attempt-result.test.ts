import { expect, test } from 'vitest';
import { toAttemptResult } from './attempt-result.ts';

const now = new Date('2026-01-01T00:00:00Z');

test('only 2xx is a success', () => {
  for (const status of [200, 201, 204, 299])
    expect(toAttemptResult(status, undefined, now)).toEqual({ ok: true, status });
  for (const status of [199, 300, 302, 304, 400, 401, 404, 410, 429, 500, 503]) {
    expect(toAttemptResult(status, undefined, now)).toMatchObject({ ok: false, status });
  }
});

test('410 says that the receiver wants no more', () => {
  expect(toAttemptResult(410, undefined, now)).toMatchObject({ gone: true });
  expect(toAttemptResult(404, undefined, now)).not.toHaveProperty('gone');
});

test.each([
  [429, '120', 120_000],
  [503, '120', 120_000],
  [503, 'Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  [503, '99999999', 86_400_000],
  [503, 'Thu, 01 Jan 2099 00:00:00 GMT', 86_400_000],
])('a %i with Retry-After: %s is left alone for %i ms', (status, header, retryAfterMs) => {
  expect(toAttemptResult(status, header, now)).toMatchObject({ retryAfterMs });
});

test.each([
  [500, '120'],
  [503, undefined],
  [503, '0'],
  [503, '-5'],
  [503, 'soon'],
  [503, 'Wed, 31 Dec 2025 00:00:00 GMT'],
])('a %i with Retry-After: %s follows the usual schedule', (status, header) => {
  expect(toAttemptResult(status, header, now)).not.toHaveProperty('retryAfterMs');
});
