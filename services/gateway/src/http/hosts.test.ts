import { describe, expect, it } from 'vitest';
import { createHostCheck } from './hosts.ts';

const check = createHostCheck('192.0.2.7', ['gateway', 'aegis.example', '2001:db8::1']);
const forbidden = expect.objectContaining({ code: 'forbidden_origin' });
const refusal = (headers: Parameters<typeof check>[0]): unknown => {
  try {
    check(headers);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
};

describe('the Host header', () => {
  it.each([
    'localhost',
    'localhost:8000',
    'LOCALHOST:1',
    '127.0.0.1:8000',
    '[::1]:8000',
    '192.0.2.7:80',
    'gateway:8000',
    'aegis.example',
    '[2001:db8::1]:8000',
  ])('%s is served', (host) => {
    expect(refusal({ host })).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    'localhost.',
    'localhost@evil.example',
    'localhost:8000:9',
    'localhost:',
    'localhost:99999999',
    '127.0.0.2',
    '[::2]',
    '::1',
    ' localhost',
    'localhost, evil.example',
  ])('%s is refused', (host) => {
    expect(refusal({ host })).toEqual(forbidden);
  });
});

describe('the Origin header', () => {
  it.each([
    ['localhost:8000', 'http://localhost:8000'],
    ['LOCALHOST:8000', 'http://localhost:8000'],
    ['localhost', 'http://localhost'],
    ['localhost:80', 'http://localhost'],
    ['aegis.example:443', 'https://aegis.example'],
    ['[::1]:8000', 'http://[::1]:8000'],
  ])('to %s from %s is served', (host, origin) => {
    expect(refusal({ host, origin })).toBeUndefined();
  });

  it.each([
    ['localhost:8000', 'http://localhost:3000'],
    ['localhost:8000', 'http://127.0.0.1:8000'],
    ['localhost:8000', 'http://evil.example'],
    ['localhost:8000', 'https://localhost'],
    ['localhost:8000', 'null'],
    ['localhost:8000', ''],
    ['localhost:8000', 'file://localhost:8000'],
    ['localhost:8000', 'localhost:8000'],
  ])('to %s from %s is refused', (host, origin) => {
    expect(refusal({ host, origin })).toEqual(forbidden);
  });

  it('of a page that hides it is served where the browser itself says that it is the same', () => {
    expect(refusal({ host: 'localhost', origin: 'null', 'sec-fetch-site': 'same-origin' })).toBeUndefined();
    expect(refusal({ host: 'localhost', origin: 'null', 'sec-fetch-site': 'cross-site' })).toEqual(forbidden);
    expect(
      refusal({ host: 'localhost', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' }),
    ).toEqual(forbidden);
  });
});

it('an address that means every interface is nobody’s name', () => {
  for (const [bound, host] of [
    ['0.0.0.0', '0.0.0.0:8000'],
    ['::', '[::]:8000'],
  ] as const) {
    expect(() => createHostCheck(bound, [])({ host })).toThrow('names a host that is not this gateway');
  }
});
