import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EventsQuery } from '../routes/events.ts';
import { LONGEST_WAIT_MS, waitFor, wholeNumber, yesOrNo } from './query.ts';

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

describe('a wait', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['1m', 60_000],
  ])('%s is %i milliseconds', (text, ms) => expect(waitFor.parse(text)).toBe(ms));
  it.each(['61s', '2m', '1h', '30', '-1s', '1.5s', '', 'x', ' 30s', '999999999999s', ['1s', '2s']])(
    '%j is refused',
    (given) =>
      expect(waitFor.safeParse(given).error?.issues[0]?.message).toBe(
        'expected a duration up to 60s, such as 30s',
      ),
  );
  it('is shorter than what stands before the gateway in compose keeps quiet for', () => {
    const proxy = readFileSync(new URL('../../../../deploy/haproxy.cfg', import.meta.url), 'utf8');
    const hours = [...proxy.matchAll(/timeout (?:client|server) (\d+)h/g)].map(([, count]) => Number(count));
    expect(hours).toHaveLength(2);
    for (const one of hours) expect(one * 3_600_000).toBeGreaterThan(LONGEST_WAIT_MS);
  });
});
