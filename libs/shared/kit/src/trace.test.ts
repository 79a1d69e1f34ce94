import { describe, expect, it } from 'vitest';
import { newTraceId, newTraceparent, parseTraceparent, traceIdOf } from './trace.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACE = `00-${ID}-00f067aa0ba902b7-01`;
const NO_ID = '0'.repeat(32);
const NO_PARENT = '0'.repeat(16);

describe('a traceparent that somebody sent', () => {
  it.each([
    ['as it is', TRACE, TRACE],
    ['that is not sampled', TRACE.replace(/01$/, '00'), TRACE.replace(/01$/, '00')],
    ['with flags that nobody knows yet', TRACE.replace(/01$/, 'f9'), TRACE.replace(/01$/, 'f9')],
    ['of a later version, as ours', TRACE.replace(/^00/, 'cc'), TRACE],
    ['of a later version with more in it', `${TRACE.replace(/^00/, '01')}-what-the-future-will-be`, TRACE],
    [
      'of a later version with other flags',
      TRACE.replace(/^00/, '01').replace(/01$/, '0e'),
      TRACE.replace(/01$/, '00'),
    ],
  ])('%s', (_what, given, taken) => {
    expect(parseTraceparent(given)).toBe(taken);
    expect(traceIdOf(given)).toBe(ID);
  });

  it.each([
    ['nothing', undefined],
    ['no text', 7],
    ['several', [TRACE]],
    ['an empty one', ''],
    ['capital letters', TRACE.toUpperCase()],
    ['one that is cut', TRACE.slice(0, -1)],
    ['more than version 00 has', `${TRACE}-x`],
    ['a dash too many', `${TRACE}-`],
    ['a later version whose flags have no end', `${TRACE.replace(/^00/, '01')}x`],
    ['the version that is none', TRACE.replace(/^00/, 'ff')],
    ['no trace id', TRACE.replace(ID, NO_ID)],
    ['no trace id in a later version', TRACE.replace(/^00/, '01').replace(ID, NO_ID)],
    ['no parent id', TRACE.replace('00f067aa0ba902b7', NO_PARENT)],
    ['two in one header', `${TRACE}, ${TRACE}`],
    ['spaces around it', ` ${TRACE} `],
  ])('%s is as none', (_what, given) => {
    expect([parseTraceparent(given), traceIdOf(given)]).toEqual([undefined, undefined]);
  });
});

it('a new trace is another one each time, and its traceparent is one', () => {
  const [one, other] = [newTraceId(), newTraceId()];
  expect(one).toMatch(/^[0-9a-f]{32}$/);
  expect(one).not.toBe(other);
  const traceparent = newTraceparent(one);
  expect(parseTraceparent(traceparent)).toBe(traceparent);
  expect(traceIdOf(newTraceparent(one))).toBe(one);
  expect(newTraceparent(one)).not.toBe(newTraceparent(one));
});
