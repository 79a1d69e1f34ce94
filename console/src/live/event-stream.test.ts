import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventStream, type Source } from './event-stream.ts';

type Fake = Source & { say(type: string, data?: string): void; state: number; isClosed: boolean };

function fakeSource(): Fake {
  const listeners = new Map<string, (event: { data?: unknown }) => void>();
  return {
    state: 1,
    isClosed: false,
    get readyState() {
      return this.state;
    },
    addEventListener: (type, listener) => void listeners.set(type, listener),
    close() {
      this.isClosed = true;
    },
    say: (type, data) => listeners.get(type)?.({ data }),
  };
}

const sources: Fake[] = [];
const onEvent = vi.fn<(data: string) => void>();
const onUp = vi.fn<() => void>();
const onDown = vi.fn<() => void>();
const open = (): Fake => {
  sources.push(fakeSource());
  return sources.at(-1) as Fake;
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.clearAllMocks();
  sources.length = 0;
});

test('events of the types that were asked for are passed on', () => {
  createEventStream({ open, types: ['a', 'b'], onEvent, onUp, onDown }).open();
  sources[0]?.say('b', 'two');
  sources[0]?.say('c', 'three');
  expect(onEvent.mock.calls).toEqual([['two']]);
});

test('after an answer that is an error it tries again, with growing pauses', () => {
  createEventStream({ open, types: [], onEvent, onUp, onDown }).open();
  for (const pause of [1000, 2000, 4000]) {
    const last = sources.at(-1) as Fake;
    last.state = 2;
    last.say('error');
    const tried = sources.length;
    vi.advanceTimersByTime(pause - 1);
    expect(sources).toHaveLength(tried);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(tried + 1);
  }
  expect(onDown).toHaveBeenCalledTimes(3);
});

test('while the browser tries again by itself, no second connection is made', () => {
  createEventStream({ open, types: [], onEvent, onUp, onDown }).open();
  const [first] = sources;
  if (first !== undefined) first.state = 0;
  first?.say('error');
  vi.advanceTimersByTime(60_000);
  first?.say('open');
  expect(sources).toHaveLength(1);
  expect(onUp).toHaveBeenCalledOnce();
});

test('a stream that was closed says nothing more and does not come back', () => {
  const stream = createEventStream({ open, types: ['a'], onEvent, onUp, onDown });
  stream.open();
  stream.close();
  sources[0]?.say('a', 'late');
  sources[0]?.say('error');
  vi.advanceTimersByTime(60_000);
  expect(sources[0]?.isClosed).toBe(true);
  expect(sources).toHaveLength(1);
  expect(onEvent).not.toHaveBeenCalled();
});
