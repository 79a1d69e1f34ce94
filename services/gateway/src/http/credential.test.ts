import { makeIdentityKey, makeKey } from '@aegis/kit/keys';
import { expect, it } from 'vitest';
import { credentialOf, isByAgent } from './credential.ts';
import { type Caller, NOBODY } from './rights.ts';

const read = (authorization?: string) =>
  credentialOf({ headers: authorization === undefined ? {} : { authorization }, ip: '10.0.0.1' });

it.each([
  ['Bearer aegis_approver_abc', 'aegis_approver_abc'],
  ['bearer  a-key ', 'a-key'],
  ['Bearer four words and a half', 'four words and a half'],
  [`Bearer ${Buffer.from('schlüssel').toString('latin1')}`, 'schlüssel'],
  ['Bearer schl\u00fcssel', 'schlüssel'],
])('of %j the secret is %j, with where it came from', (header, secret) => {
  expect(read(header)).toEqual({ secret, source: '10.0.0.1' });
});

it.each([undefined, '', 'Bearer', 'Bearer   ', 'Basic abc', `Bearer ${'x'.repeat(1025)}`])(
  'with %j nobody is signed in',
  (header) => {
    expect(() => read(header)).toThrow(expect.objectContaining({ code: 'unauthorized' }));
  },
);

const isBy = (secret: string, caller: Caller = NOBODY) =>
  isByAgent({ headers: { authorization: `Bearer ${secret}` }, caller });

it('tells an agent’s key from an approver’s and from a code', () => {
  expect(
    [makeKey('aegis'), makeKey('aegis_approver'), 'aegis_short', 'open sesame'].map((one) => isBy(one)),
  ).toEqual([true, false, false, false]);
  expect(isByAgent({ headers: {}, caller: NOBODY })).toBe(false);
  expect(isBy(makeIdentityKey(), { principal: 'key:ci', is: ['agent'] })).toBe(true);
});
