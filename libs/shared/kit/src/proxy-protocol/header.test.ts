import { describe, expect, it } from 'vitest';
import { readProxyHeader } from './header.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const hex = (text: string): Buffer => Buffer.from(SIGNATURE + text.replaceAll(' ', ''), 'hex');

const TCP4 = hex('21 11 000c cb007107 0a000001 d431 1f40');
const TCP6 = hex(`21 21 0024 ${'20010db8000000000000000000000042'.repeat(2)} d431 1f40`);
const MAPPED = hex(`21 21 0024 ${'00000000000000000000ffffcb007107'.repeat(2)} d431 1f40`);

describe('a PROXY header', () => {
  it.each([
    ['IPv4', TCP4, '203.0.113.7'],
    ['IPv6', TCP6, '2001:db8::42'],
    ['IPv4 written as IPv6', MAPPED, '203.0.113.7'],
    [
      'IPv4 with more after the addresses',
      hex('21 11 0010 cb007107 0a000001 d431 1f40 04000100'),
      '203.0.113.7',
    ],
  ])('says who connected to the proxy: %s', (_, bytes, address) => {
    expect(readProxyHeader(bytes)).toEqual({ bytes: bytes.length, address });
    expect(readProxyHeader(Buffer.concat([bytes, Buffer.from('GET')]))).toEqual({
      bytes: bytes.length,
      address,
    });
  });

  it.each([
    ['a check of the proxy itself', hex('20 00 0000')],
    ['a check with addresses, which count for nothing', hex('20 11 000c cb007107 0a000001 d431 1f40')],
    ['an unknown transport', hex('21 00 0000')],
  ])('names nobody else: %s', (_, bytes) => {
    expect(readProxyHeader(bytes)).toEqual({ bytes: bytes.length });
  });

  it('is waited for until it is whole, byte by byte', () => {
    for (let length = 0; length < TCP4.length; length += 1) {
      expect(readProxyHeader(TCP4.subarray(0, length))).toBeUndefined();
    }
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
    ['its first byte', Buffer.from('G')],
    ['version 1', Buffer.from('PROXY TCP4 203.0.113.7 10.0.0.1 54321 8000\r\n')],
    ['a signature that differs in its last byte', Buffer.from('0d0a0d0a000d0a515549540b2111', 'hex')],
    ['another version', hex('11 11 000c cb007107 0a000001 d431 1f40')],
    ['another command', hex('22 11 000c cb007107 0a000001 d431 1f40')],
    ['UDP', hex('21 12 000c cb007107 0a000001 d431 1f40')],
    ['a unix socket', hex(`21 31 00d8 ${'00'.repeat(216)}`)],
    ['addresses that are too short', hex('21 11 0008 cb007107 0a000001')],
    ['IPv6 addresses that are too short', hex(`21 21 0023 ${'00'.repeat(35)}`)],
    ['one that is too long, before it is read', hex('21 11 0201')],
  ])('is nothing else: %s', (_, bytes) => {
    expect(readProxyHeader(bytes)).toBe('none');
  });
});
