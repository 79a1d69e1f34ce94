import { expect, it } from 'vitest';
import { readJsonBody } from './json-body.ts';

it('reads JSON in UTF-8', () => {
  expect(readJsonBody(Buffer.from('{"tool":"é"}'))).toEqual({ tool: 'é' });
});

it.each([
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['a byte order mark', Buffer.from('\uFEFF{}')],
  ['text that is cut off', Buffer.from('{"tool":')],
  ['nothing', Buffer.alloc(0)],
])('%s is not JSON', (_what, body) => {
  expect(() => readJsonBody(body)).toThrow(expect.objectContaining({ code: 'invalid_json' }));
});

it.each(['', ' \n'])('a body that is %j is said to be empty', (body) => {
  expect(() => readJsonBody(Buffer.from(body))).toThrow('The body is empty: send a JSON object.');
});

it.each([
  ['elements', (items: number) => `[${Array.from({ length: items }, () => '1').join(',')}]`],
  ['members', (items: number) => `{${Array.from({ length: items }, (_, i) => `"k${i}":{}`).join(',')}}`],
])('20,000 %s are read, and one more is refused before anything is read', (_, build) => {
  expect(() => readJsonBody(Buffer.from(build(20_000)))).not.toThrow();
  expect(() => readJsonBody(Buffer.from(`${build(20_001).slice(0, -1)}!`))).toThrow(
    expect.objectContaining({
      code: 'payload_too_large',
      message: 'The body has more than 20000 members and elements in all.',
    }),
  );
});

it('the same key twice is refused, because two readers could differ on it', () => {
  expect(() => readJsonBody(Buffer.from('{"tool":"a","tool":"b"}'))).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  );
});
