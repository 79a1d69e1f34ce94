import { expect, it } from 'vitest';
import { readCheckpoint } from './checkpoint.ts';

it('reads where a line stands in the log', () => {
  expect(readCheckpoint('{"seq":7,"event_id":"e","action":"a"}')).toEqual({ seq: 7, eventId: 'e' });
});

it('reads its keys as they are written, whatever was read before', () => {
  readCheckpoint('{"event_id":"e","\\\\u0":1}');
  expect(readCheckpoint('{"event_id":"e","\\u0073eq":7}')).toEqual({ seq: 7, eventId: 'e' });
});

it.each(['', '7', 'null', '{"seq":7', '{"seq":7}', '{"seq":0,"event_id":"e"}', '{"seq":1.5,"event_id":"e"}'])(
  '%j is no whole line of ours',
  (text) => {
    expect(readCheckpoint(text)).toBeUndefined();
  },
);
