import { expect, test } from 'vitest';
import { hasForeignLetters, lookalikes, mixesAlphabets, quoted } from './names.ts';

test.each(['to', 'TO_2', 'a.b-c$', '0'])('a plain key (%j) is shown as it is', (key) => {
  expect(quoted(key)).toBe(key);
  expect(hasForeignLetters(key)).toBe(false);
});

test.each(['', ' ', 'to ', ' to', 'a b', 'a\nb', 'a"', 'tо', 'naïve', 'a:b'])(
  'where another key begins and ends is seen: %j',
  (key) => {
    expect(quoted(key)).toBe(`"${key}"`);
  },
);

test.each(['tо', 'ｔｏ', 'naïve', 'e\u0301', '٣', '金額'])(
  'letters from elsewhere are told of: %j',
  (key) => {
    expect(hasForeignLetters(key)).toBe(true);
  },
);

test.each(['pаypal', 'αlpha', 'send to аlice now', 'p\u200Bа'])(
  'a word of two alphabets is told of: %j',
  (text) => {
    expect(mixesAlphabets(text)).toBe(true);
  },
);

test.each(['Привет, Alice', 'α and b', 'naïve', '日本 go', 'plain'])(
  'words of one alphabet each are common: %j',
  (text) => {
    expect(mixesAlphabets(text)).toBe(false);
  },
);

test('a long text of one word is read in no time', () => {
  const started = performance.now();
  mixesAlphabets(`${'x'.repeat(1_000_000)} α`);
  expect(performance.now() - started).toBeLessThan(1000);
});

test.each(['to ', ' to', 'tо', 'TO', 't\u200Bo', 'ｔｏ', 't\u00A0o'])(
  'a key that looks like one beside it is told of, and so is that one: %j',
  (other) => {
    const keys = ['to', other, 'from'];
    expect([...lookalikes(keys)].toSorted()).toEqual(['to', other].toSorted());
  },
);

test('keys that differ in what is seen are not alike', () => {
  expect(lookalikes(['to', 'too', 't.o', 't-o', ''])).toEqual(new Set());
});
