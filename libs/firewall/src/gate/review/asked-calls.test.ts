import { expect, it } from 'vitest';
import { createAskedCalls } from './asked-calls.ts';

const call = (input?: Record<string, unknown>, args = { amount: 1 }) => ({
  tool: 'srv.pay',
  principal: 'ann',
  args,
  ...(input === undefined ? {} : { input }),
});

it('a call that differs from the one before it only in what it sends besides says where', () => {
  const asked = createAskedCalls();
  expect(asked.note(call({ _meta: { 'com.example/turn': 1, a: { b: [1] } } }), 'apr_1')).toBeUndefined();
  expect(asked.note(call({ _meta: { 'com.example/turn': 2, a: { b: [2] } } }), 'apr_2')).toBe(
    'it differs from the call of approval apr_1 in params._meta["com.example/turn"], params._meta.a.b, ' +
      'so it is another question',
  );
  expect(asked.note(call({ _meta: { 'com.example/turn': 2, a: { b: [2] } } }), 'apr_2')).toBeUndefined();
  expect(asked.note(call(), 'apr_3')).toContain('apr_2 in params._meta["com.example/turn"]');
  expect(asked.note(call({ a: 1 }, { amount: 2 }), 'apr_4')).toBeUndefined();
  expect(asked.note(call({ a: 1, method: 'tasks/update' }, { amount: 2 }), 'apr_5')).toBe(
    'it differs from the call of approval apr_4 in its method, so it is another question',
  );
});

it('remembers so many, and nothing huge', () => {
  const asked = createAskedCalls(2);
  for (const amount of [1, 2, 3]) asked.note(call({ a: 1 }, { amount }), `apr_${amount}`);
  expect(asked.note(call({ a: 2 }, { amount: 1 }), 'apr_5')).toBeUndefined();
  expect(asked.note(call({ a: 2 }, { amount: 3 }), 'apr_6')).toContain('apr_3');
  asked.note(call({ a: 'a'.repeat(20_000) }, { amount: 9 }), 'apr_7');
  expect(asked.note(call({ a: 2 }, { amount: 9 }), 'apr_8')).toBeUndefined();
});
