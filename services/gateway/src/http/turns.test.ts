import { Socket } from 'node:net';
import { ANONYMOUS } from '@aegis/contracts/call';
import { expect, it } from 'vitest';
import { callerOf, holderOf } from './turns.ts';

type Asked = Parameters<typeof callerOf>[0];

const asked = (more: { principal?: string; authorization?: string; cookie?: string; ip?: string }): Asked => {
  const { principal = ANONYMOUS, ip = '10.0.0.1', ...headers } = more;
  return { principal, ip, headers, raw: { socket: new Socket() } as Asked['raw'] };
};

it('an agent is one caller by each of its keys, wherever it connects from', () => {
  const [one, other] = [
    asked({ principal: 'key:billing', authorization: 'Bearer one' }),
    asked({ principal: 'key:billing', authorization: 'Bearer other', ip: '10.0.0.2' }),
  ];
  expect(callerOf(one)).toBe(callerOf(other));
  expect(holderOf(one)).toEqual(holderOf(other));
});

it('what proves nothing makes no caller: all that is sent from one address is one', () => {
  const [one, other] = [asked({ authorization: 'Bearer one' }), asked({ authorization: 'Bearer other' })];
  expect(callerOf(one)).toBe(callerOf(other));
  expect(callerOf(one)).not.toBe(callerOf(asked({ authorization: 'Bearer one', ip: '10.0.0.2' })));
  expect(holderOf(one).group).toBe(holderOf(asked({ cookie: 'aegis_session=x' })).group);
});

it('who sends nothing is a caller by the connection, as it was', () => {
  const [one, other] = [asked({}), asked({})];
  expect(callerOf(one)).toBe(callerOf(one));
  expect(callerOf(one)).not.toBe(callerOf(other));
});
