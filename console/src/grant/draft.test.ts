import { expect, test } from 'vitest';
import { choicesFor, draftOf, patternFrom } from './draft.ts';

const call = {
  tool: 'refunds.create',
  op: 'refund',
  amount_cents: 12_500,
  principal: 'support',
  args: { order: 1001, note: 'Box broken', tags: ['a'] },
};

test('a form that nobody has touched allows exactly this call for half an hour', () => {
  expect(patternFrom(call, draftOf(call))).toEqual({
    minutes: 30,
    problems: {},
    pattern: {
      tool: 'refunds.create',
      op: 'refund',
      max_amount_cents: 12_500,
      args: { order: { equals: 1001 }, note: { equals: 'Box broken' }, tags: { equals: ['a'] } },
    },
  });
});

test('each argument is as the person says', () => {
  const draft = draftOf(call);
  const [order, note, tags] = draft.args;
  Object.assign(order ?? {}, { choice: 'at_most', atMost: '2000' });
  Object.assign(note ?? {}, { choice: 'starts_with', startsWith: 'Box' });
  Object.assign(tags ?? {}, { choice: 'any' });
  const { pattern, problems } = patternFrom(call, { ...draft, maxAmount: '1,000', minutes: '5' });
  expect(problems).toEqual({});
  expect(pattern.max_amount_cents).toBe(100_000);
  expect(pattern.args).toEqual({
    order: { at_most: 2000 },
    note: { starts_with: 'Box' },
    tags: { any: true },
  });
});

test.each([
  ['minutes', { minutes: '0' }],
  ['minutes', { minutes: '1441' }],
  ['minutes', { minutes: '1.5' }],
  ['maxAmount', { maxAmount: 'much' }],
  ['maxAmount', { maxAmount: '124.99' }],
])('%s is marked where it is wrong: %j', (field, changes) => {
  expect(Object.keys(patternFrom(call, { ...draftOf(call), ...changes }).problems)).toEqual([field]);
});

test.each([
  ['order', { choice: 'at_most', atMost: '1000' }],
  ['order', { choice: 'at_most', atMost: '' }],
  ['note', { choice: 'starts_with', startsWith: 'Bag' }],
  ['note', { choice: 'starts_with', startsWith: '' }],
])('a pattern that leaves out its own call is marked at %s: %j', (name, changes) => {
  const draft = draftOf(call);
  Object.assign(draft.args.find((arg) => arg.name === name) ?? {}, changes);
  expect(Object.keys(patternFrom(call, draft).problems)).toEqual([`arg:${name}`]);
});

test('a call without an amount allows none', () => {
  const { amount_cents: _, ...free } = call;
  expect(patternFrom(free, draftOf(free)).pattern).not.toHaveProperty('max_amount_cents');
});

test('a limit is for numbers and a beginning for texts', () => {
  expect(choicesFor(1)).not.toContain('starts_with');
  expect(choicesFor('x')).not.toContain('at_most');
  expect(choicesFor({})).toEqual(['equals', 'any']);
});
