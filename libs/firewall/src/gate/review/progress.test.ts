import { readNumber, WrittenNumber } from '@aegis/kit/numbers';
import { expect, it } from 'vitest';
import { createProgress } from './progress.ts';

const told = (text: string) => (JSON.parse(text) as { params: { progress: number } }).params.progress;

it('our progress rises, and a server’s is let through where it rises above it', () => {
  const progress = createProgress();
  const [first, second] = [told(progress.next('t', 'waits')), told(progress.next('t', 'waits'))];
  expect(second).toBeGreaterThan(first);
  const of = (value: unknown, progressToken: unknown = 't') =>
    progress.rises({ progressToken, progress: value });
  expect([of(0), of(second), of('x'), of(1e-3), of(1)]).toEqual([false, false, false, true, true]);
  expect([of(0, 't2'), of(0, 7), progress.rises(undefined)]).toEqual([true, true, true]);
});

it('numbers count as numbers, in whatever way they are written', () => {
  const progress = createProgress();
  const token = new WrittenNumber('12345678901234567890');
  expect(progress.next(token, 'waits')).toContain('"progressToken":12345678901234567890');
  const of = (text: string, value: string) =>
    progress.rises({ progressToken: readNumber(text), progress: readNumber(value) });
  expect([of('12345678901234567890', '1.0'), of('12345678901234567890', '0.0')]).toEqual([true, false]);
  expect(of('12345678901234567891', '0.0')).toBe(true);
});

it('tokens that look alike are different ones, and are forgotten with their request', () => {
  const progress = createProgress();
  progress.next(1, 'waits');
  expect(progress.rises({ progressToken: '1', progress: 0 })).toBe(true);
  expect(progress.rises({ progressToken: 1, progress: 0 })).toBe(false);
  progress.over(1);
  expect(progress.rises({ progressToken: 1, progress: 0 })).toBe(true);
});
