import { expect, test } from 'vitest';
import { createSeen, placesOf } from './places.ts';
import { rowsOf } from './rows.ts';

const ARGS = { memo: 'hello', tree: { a: [1, 2] }, to: 7 };

test('each argument has its lines and what it holds; what is gone is none', () => {
  expect(placesOf(rowsOf(ARGS, { old: { x: 1 }, ...ARGS }))).toEqual([
    { key: 'memo', at: 0, lines: ['/memo'], holds: '5 bytes' },
    { key: 'tree', at: 1, lines: ['/tree', '/tree/a/1'], holds: '1 key' },
    { key: 'to', at: 5, lines: ['/to'], holds: '7' },
  ]);
});

test('of a large argument lines all along it tell whether it was read', () => {
  const [place] = placesOf(rowsOf({ big: Array.from({ length: 20 }, (_, n) => n), to: 1 }));
  expect(place?.lines).toEqual(['/big', '/big/7', '/big/15', '/big/19']);
});

test('an argument was on the screen when its first line and its last were', () => {
  const seen = createSeen(placesOf(rowsOf(ARGS)));
  expect(seen.unseen).toBe(3);
  seen.line('/memo');
  seen.line('/tree');
  seen.line('/tree/a');
  expect(seen.unseen).toBe(2);
  seen.line('/tree/a/1');
  seen.line('/tree/a/1');
  expect(seen.unseen).toBe(1);
});

test('who went to an argument, or came to the end, has seen it', () => {
  const places = placesOf(rowsOf(ARGS));
  const seen = createSeen(places);
  for (const place of places.slice(1, 2)) seen.open(place);
  expect(seen.unseen).toBe(2);
  seen.all();
  expect(seen.unseen).toBe(0);
});
