import { beforeEach, expect, test } from 'vitest';
import { createGuard, GUARD_MS } from './guard.ts';
import { createPresses } from './press.ts';

let time = 0;
const now = (): number => time;
const approve = new EventTarget();
const other = new EventTarget();
const onApprove = (target: EventTarget | null): boolean => target === approve;

beforeEach(() => {
  time = 0;
});

function shown() {
  const guard = createGuard(() => undefined, now);
  guard.show('one');
  guard.stop();
  return { guard, presses: createPresses(now) };
}
const press = (target: EventTarget, isRepeat = false) => ({ target, at: time, isRepeat });

test('pressed too early and let go later does not count', () => {
  const { guard, presses } = shown();
  time = GUARD_MS - 1;
  presses.began(press(approve));
  time = 3000;
  presses.ended(time);
  expect(presses.counts(onApprove, guard)).toBe(false);
});

test('pressed after the half second counts, however long it is held', () => {
  const { guard, presses } = shown();
  time = GUARD_MS;
  presses.began(press(approve));
  time = 9000;
  presses.ended(time);
  expect(presses.counts(onApprove, guard)).toBe(true);
});

test('pressed before what is shown has changed does not count', () => {
  const { guard, presses } = shown();
  time = 1000;
  presses.began(press(approve));
  time = 1100;
  guard.show('another');
  guard.stop();
  time = 3000;
  expect(presses.counts(onApprove, guard)).toBe(false);
});

test('pressed somewhere else, or by a key that is held down, does not count', () => {
  const { guard, presses } = shown();
  time = 1000;
  presses.began(press(other));
  expect(presses.counts(onApprove, guard)).toBe(false);
  presses.began(press(approve, true));
  expect(presses.counts(onApprove, guard)).toBe(false);
});

test('a click that nothing was pressed for counts as pressed now', () => {
  const { guard, presses } = shown();
  expect(presses.counts(onApprove, guard)).toBe(false);
  time = 1000;
  presses.began(press(other));
  presses.ended(time);
  time = 1500;
  expect(presses.counts(onApprove, guard)).toBe(false);
  time = 2001;
  expect(presses.counts(onApprove, guard)).toBe(true);
  presses.began(press(other));
  presses.forget();
  expect(presses.counts(onApprove, guard)).toBe(true);
});
