import { describe, expect, it } from 'vitest';
import { EventsQuery } from '../routes/events.ts';
import { wholeNumber, yesOrNo } from './query.ts';

describe('a whole number in a query', () => {
  const limit = wholeNumber(1, 500);
  it('is read', () => expect(limit.parse('500')).toBe(500));
  it.each(['0', '501', '-1', '1.5', '1e2', '0x10', '', ' 1', '99999999999999999999', ['1', '2']])(
    '%j is refused',
    (given) =>
      expect(limit.safeParse(given).error?.issues[0]?.message).toBe('expected a whole number from 1 to 500'),
  );
});

it('yes or no is true or false and nothing else', () => {
  expect([yesOrNo.parse('true'), yesOrNo.parse('false')]).toEqual([true, false]);
  expect(yesOrNo.safeParse('1').success).toBe(false);
});

describe('the kinds of events', () => {
  it('are all where none is named', () => {
    expect(EventsQuery.parse({}).types).toEqual(['decision', 'approval']);
  });
  it('are taken once each', () => {
    expect(EventsQuery.parse({ types: 'approval, approval' }).types).toEqual(['approval']);
  });
  it.each(['', 'decision,', 'policy'])('%j is refused', (types) => {
    expect(EventsQuery.safeParse({ types }).success).toBe(false);
  });
});
