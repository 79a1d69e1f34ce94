import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { changedBy, createNudge } from './nudge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a flood of events asks the server once in a while, and the last of them is not forgotten', () => {
  const run = vi.fn<(changes: unknown[]) => void>();
  const nudge = createNudge(run, 200);
  for (let i = 0; i < 40; i += 1) {
    nudge.add(undefined);
    vi.advanceTimersByTime(25);
  }
  vi.advanceTimersByTime(200);
  expect(run.mock.calls.length).toBeLessThanOrEqual(6);
  expect(run.mock.calls.flatMap(([changes]) => changes)).toHaveLength(40);
});

test('an event of an approval says which one, and of which call', () => {
  const data = JSON.stringify({ data: { approval: { approval_id: 'apr_a', call_digest: 'sha256:b' } } });
  expect(changedBy(data)).toEqual({ approvalId: 'apr_a', callDigest: 'sha256:b' });
});

test.each(['', '{', '{}', '{"data":{"approval":{"approval_id":1}}}'])(
  'what can not be read (%j) may have changed anything',
  (data) => {
    expect(changedBy(data)).toBeUndefined();
  },
);
