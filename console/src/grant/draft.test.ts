import { expect, test } from 'vitest';
import { choicesFor, textsFor } from './choices.ts';
import { draftOf, patternFrom } from './draft.ts';

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
  Object.assign(order ?? {}, { choice: 'range', atLeast: '1000', atMost: '2000' });
  Object.assign(note ?? {}, { choice: 'starts_with', texts: { ...note?.texts, starts_with: 'Box' } });
  Object.assign(tags ?? {}, { choice: 'any' });
  const { pattern, problems } = patternFrom(call, { ...draft, maxAmount: '1,000', minutes: '5' });
  expect(problems).toEqual({});
  expect(pattern.max_amount_cents).toBe(100_000);
  expect(pattern.args).toEqual({
    order: { at_least: 1000, at_most: 2000 },
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
  ['order', { choice: 'range', atLeast: '0', atMost: '1000' }],
  ['order', { choice: 'range', atLeast: '1002', atMost: '2000' }],
  ['order', { choice: 'range', atLeast: '', atMost: '2000' }],
  ['order', { choice: 'range', atMost: '' }],
  ['note', { choice: 'starts_with', texts: { starts_with: 'Bag' } }],
  ['note', { choice: 'starts_with', texts: { starts_with: '' } }],
  ['note', { choice: 'path_within', texts: { path_within: '' } }],
])('a pattern that leaves out its own call is marked at %s: %j', (name, changes) => {
  const draft = draftOf(call);
  Object.assign(draft.args.find((arg) => arg.name === name) ?? {}, changes);
  expect(Object.keys(patternFrom(call, draft).problems)).toEqual([`arg:${name}`]);
});

test('a call without an amount allows none', () => {
  const { amount_cents: _, ...free } = call;
  expect(patternFrom(free, draftOf(free)).pattern).not.toHaveProperty('max_amount_cents');
});

test.each([
  ['order', 1, ['equals', 'range', 'any']],
  ['note', 'Box', ['equals', 'starts_with', 'any']],
  ['tags', {}, ['equals', 'any']],
  ['command', 'git status', ['equals', 'any']],
  ['x', 'rm -rf /', ['equals', 'any']],
  ['url', 'https://api.example.com/v1', ['equals', 'url_within', 'host_in', 'any']],
  ['x', 'https://api.example.com/v1', ['equals', 'url_within', 'host_in', 'any']],
  ['to', 'ada@example.com', ['equals', 'email_domain_in', 'any']],
  ['path', '/srv/app/a.txt', ['equals', 'path_within', 'any']],
])('of %s %j may be said: %j', (name, value, choices) => {
  expect(choicesFor(name, value, 'a.tool')).toEqual(choices);
});

test('what a shell takes is a command in whatever argument', () => {
  expect(choicesFor('x', 'deploy staging', 'bash.run')).toEqual(['equals', 'any']);
  expect(choicesFor('x', 'deploy staging', 'notes.add')).toContain('starts_with');
});

test('each way to say it has at first what covers this value', () => {
  expect(textsFor('/srv/app/a.txt').path_within).toBe('/srv/app');
  expect(textsFor('https://api.example.com:8443/v1?a=b')).toMatchObject({
    url_within: 'https://api.example.com:8443/v1',
    host_in: 'api.example.com',
  });
  expect(textsFor('ada@example.com').email_domain_in).toBe('example.com');
});
