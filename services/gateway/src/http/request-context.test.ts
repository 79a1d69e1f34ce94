import { describe, expect, it } from 'vitest';
import { contextOf, requestIdOf } from './request-context.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const IP = '10.0.0.1';

describe('the request id', () => {
  it('is the one that the caller sent, where it is plain', () => {
    expect(requestIdOf({ 'x-request-id': 'order-7.a:b_C' })).toBe('order-7.a:b_C');
  });

  it.each(['', 'a b', 'x'.repeat(129), '<script>', 'a\nb', 'ä'])('is a new one instead of %j', (given) => {
    expect(requestIdOf({ 'x-request-id': given })).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is new for each request that has none', () => {
    expect(requestIdOf({})).not.toBe(requestIdOf({}));
  });
});

describe('the traceparent', () => {
  it('of a caller is passed on', () => {
    expect(contextOf({ headers: { traceparent: TRACE }, ip: IP, principal: 'key:ci' }, 1).traceparent).toBe(
      TRACE,
    );
  });

  it.each([
    '',
    TRACE.toUpperCase(),
    TRACE.slice(0, -1),
    `${TRACE}-x`,
    TRACE.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    TRACE.replace('00f067aa0ba902b7', '0'.repeat(16)),
    TRACE.replace('00-4', 'ff-4'),
  ])('that is not one is as none: %j', (given) => {
    expect(
      contextOf({ headers: { traceparent: given }, ip: IP, principal: 'key:ci' }, 1).traceparent,
    ).toBeUndefined();
  });
});

it('who calls, and from where, is told to who answers', () => {
  const { caller } = contextOf({ headers: {}, ip: IP, principal: 'key:ci' }, 1);
  expect(caller).toEqual({ principal: 'key:ci', from: IP });
});

it('a request has its deadline from the moment it came', () => {
  const before = Date.now();
  const { deadlineMs } = contextOf({ headers: {}, ip: IP, principal: 'key:ci' }, 1500);
  expect(deadlineMs).toBeGreaterThanOrEqual(before + 1500);
  expect(deadlineMs).toBeLessThanOrEqual(Date.now() + 1500);
});
