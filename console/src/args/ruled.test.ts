import { expect, test } from 'vitest';
import { pending } from '../../testkit/samples.ts';
import { asRuled, statedOtherwise } from './ruled.ts';

const stating = (call: { op?: string; amount_cents?: number }) => ({
  call: { tool: 'refunds.create', principal: 'support', ...call },
});

test('what the rule took from the arguments counts, and what the agent states otherwise is kept apart', () => {
  const approval = { ...stating({ op: 'refund', amount_cents: 100 }), ruled: { amount_cents: 900_000 } };
  expect(asRuled(approval)).toMatchObject({ op: 'refund', amount_cents: 900_000 });
  expect(statedOtherwise(approval)).toEqual({ amount_cents: 100 });
});

test('an amount of nothing is stated, too', () => {
  const approval = { ...stating({ op: 'a', amount_cents: 0 }), ruled: { op: 'b', amount_cents: 1 } };
  expect(statedOtherwise(approval)).toEqual({ op: 'a', amount_cents: 0 });
});

test('where the rule took nothing, or the same, the agent states nothing else', () => {
  expect(asRuled(pending(1))).toEqual(pending(1).call);
  expect(statedOtherwise(pending(1))).toEqual({});
  expect(statedOtherwise(pending(1, { ruled: { op: 'refund', amount_cents: 12_500 } }))).toEqual({});
  expect(statedOtherwise({ ...stating({}), ruled: { amount_cents: 1 } })).toEqual({});
});
