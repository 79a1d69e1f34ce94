import { expect, it } from 'vitest';
import { etagOf, revisionOf } from './revision.ts';

it('the state that somebody saw comes back as it was given', () => {
  expect(revisionOf(etagOf(42))).toBe(42);
});

it.each([undefined, '*'])('with %j any state will do', (header) => {
  expect(revisionOf(header)).toBeUndefined();
});

it.each(['42', '"0"', '"abc"', 'W/"42"', '"42", "43"', '', '"99999999999999999"'])(
  'an If-Match of %s is refused, so that it is not as if there were none',
  (header) => {
    expect(() => revisionOf(header)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  },
);
