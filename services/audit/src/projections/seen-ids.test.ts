import { expect, it } from 'vitest';
import { toJsonLine } from '../domain/json-line.ts';
import { SeenIds } from './seen-ids.ts';

it('knows where an id was first, and the same place again is no repeat', () => {
  const seen = new SeenIds();
  expect(seen.place('a', 1)).toBeUndefined();
  expect(seen.place('b', 2)).toBeUndefined();
  expect(seen.place('a', 3)).toBe(1);
  expect(seen.place('a', 1)).toBeUndefined();
});

it('knows what is in a file, by the member and not by what a note says', async () => {
  const seen = new SeenIds();
  const lines = [
    { seq: 2, note: '"event_id":"forged"', event_id: 'quo"te\u202e' },
    { seq: 1, note: null, event_id: 'a' },
  ];
  await seen.read(
    (async function* () {
      for (const line of lines) yield { text: toJsonLine(line).trimEnd() };
    })(),
  );
  expect(seen.place('a', 9)).toBe(1);
  expect(seen.place('quo"te\u202e', 9)).toBe(2);
  expect(seen.place('forged', 9)).toBeUndefined();
});

it('forgets the oldest, and holds no more than it says', () => {
  const seen = new SeenIds();
  for (let seq = 1; seq <= 50_001; seq++) seen.place(`e${seq}`, seq);
  expect(seen.place('e2', 60_000)).toBe(2);
  expect(seen.place('e1', 60_001)).toBeUndefined();
});
