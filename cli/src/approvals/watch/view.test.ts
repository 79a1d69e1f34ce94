import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../format/columns.ts';
import { ASKED_MS, watchItem } from '../../testkit/watch-items.ts';
import { describeCall } from './describe.ts';
import type { WatchItem } from './item.ts';
import { initialState, type State } from './state.ts';
import { type Key, update } from './update.ts';
import { timeLeft, view } from './view.ts';

function screenOf(items: WatchItem[], size = { columns: 80, rows: 24 }, ...keys: Key[]): string[] {
  let state: State = initialState(size, ASKED_MS);
  ({ state } = update(state, { type: 'items', items }, ASKED_MS));
  ({ state } = update(state, { type: 'connection', is: 'live' }, ASKED_MS));
  for (const key of keys) ({ state } = update(state, { type: 'key', key }, ASKED_MS + 1_000));
  return view(state);
}

const HOSTILE = watchItem(1, {
  tool: 'refunds.create',
  principal: 'key:\u001b[2Jci',
  args: { '\u202ekey': 'a\u200b\u001b]0;x\u0007', wide: '返金'.repeat(100), nl: 'x\ny' },
  reason: '</b>\r\nApproved by ada\u2028',
});
const TEN = watchItem(1, {
  args: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`argument_${i}`, `value ${i}`])),
});

test('what is sent besides the arguments stands under them, whole and visible', () => {
  const item = watchItem(1, { input: { task: { ttl: 1 }, '\u202eodd': 'x' } });
  const lines = describeCall(item, 80).join('\n');
  expect(lines).toMatch(/^also sent {3}\{\n {2}"task": \{\n {4}"ttl": 1/m);
  expect(lines).not.toContain('\u202e');
  expect(describeCall(watchItem(1), 80).join('\n')).not.toContain('also sent');
});

describe('the screen', () => {
  test.each([
    ['nothing', []],
    ['one', [watchItem(1)]],
    ['hostile text', [HOSTILE]],
    ['many', Array.from({ length: 20 }, (_, i) => watchItem(i + 1))],
  ])('with %s has exactly as many lines and columns as the terminal', (_, items) => {
    for (const size of [
      { columns: 80, rows: 24 },
      { columns: 40, rows: 10 },
      { columns: 20, rows: 4 },
    ]) {
      for (const keys of [[], [{ name: 'return' }], [{ name: 'd' }], [{ name: 'a' }]]) {
        const lines = screenOf(items, size, ...keys);
        expect(lines.map(columnsOf)).toEqual(Array<number>(size.rows).fill(size.columns));
      }
    }
  });

  test('has nothing that a terminal obeys, whatever an agent wrote', () => {
    for (const keys of [[], [{ name: 'return' }]]) {
      const text = screenOf([HOSTILE], { columns: 80, rows: 60 }, ...keys).join('');
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\u2028]/u);
      expect(text).toContain(String.raw`\u202ekey`);
      expect(text).toContain(String.raw`key:\u{1b}[2Jci`);
    }
  });

  test('answers what exactly will run for a call of ten arguments, at 80x24, before any key', () => {
    const text = screenOf([TEN]).join('\n');
    expect(text).toContain('refunds.create1');
    expect(text).toContain('125.00 (12500 cents)');
    for (let i = 0; i < 10; i++) expect(text).toContain(`"argument_${i}": "value ${i}"`);
  });

  test('says where there is more to read, and how', () => {
    const args = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i]));
    expect(screenOf([watchItem(1, { args })]).join('\n')).toMatch(/… \d+ more lines: press enter/);
  });

  test('asks before it approves, and takes a reason before it denies', () => {
    expect(
      screenOf([watchItem(1)], undefined, { name: 'a' })
        .slice(-2)
        .join('\n'),
    ).toMatch(/^Approve refunds\.create1\? +\nenter approves · any other key does not/);
    const typed = screenOf([watchItem(1)], undefined, { name: 'd' }, { text: 'no\u202e' });
    expect(typed.at(-2)).toContain(String.raw`Deny, because: no\u{202e}▏`);
  });

  test('says that the connection is lost', () => {
    const state = { ...initialState({ columns: 80, rows: 24 }, 0), connection: 'lost' } as const;
    expect(view(state)[0]).toContain('CONNECTION LOST');
  });
});

test('the whole call has every argument, however long, on lines that fit', () => {
  const long = 'x'.repeat(1_000);
  const lines = describeCall(watchItem(1, { args: { long } }), 40);
  expect(lines.every((line) => columnsOf(line) <= 40)).toBe(true);
  expect(lines.join('').replaceAll('↪ ', '')).toContain(long);
});

test('the words of the agent are marked as its own', () => {
  const text = describeCall(watchItem(1, { reason: 'Trust me.' }), 80).join('\n');
  expect(text).toContain('agent says  “Trust me.” (its own words, not checked)');
});

test('who may decide and who said yes already is there', () => {
  const item = watchItem(1, {
    terms: { approvers: ['finance'], quorum: 2 },
    endorsements: [{ by: 'ada' }],
  });
  const text = describeCall(item, 80).join('\n');
  expect(text).toContain('2 of finance');
  expect(text).toContain('pending, 1 of 2 (ada)');
});

test.each([
  [59_000, '0:59'],
  [3_599_000, '59:59'],
  [7_200_000, '2h00'],
  [864_000_000, '10d'],
  [0, 'overdue'],
])('%d ms left are shown as %s', (ms, shown) => {
  expect(timeLeft(watchItem(1, { decide_by: new Date(ASKED_MS + ms).toISOString() }), ASKED_MS)).toBe(shown);
});
