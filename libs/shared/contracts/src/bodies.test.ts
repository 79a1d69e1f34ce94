import { describe, expect, it } from 'vitest';
import { type BodyRef, joinApart, MAX_INLINE_BYTES, StoredCall, setApart } from './bodies.ts';
import { readEvent } from './read-event.ts';
import { bodyLog } from './subjects.ts';
import { fixtureOf } from './testing/fixtures.ts';

const text = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
const call = { tool: 'pay.out', principal: 'me' };
const bodyFrom =
  (bodies: ReturnType<typeof setApart>['bodies']) =>
  async ({ digest }: BodyRef) => {
    const found = bodies.find((one) => one.digest === digest);
    if (found) return found.body;
    throw new Error(`no ${digest}`);
  };

describe('arguments and input', () => {
  it('of up to 64 KiB stay where they are', () => {
    const small = { ...call, args: text(MAX_INLINE_BYTES), input: text(100) };
    expect(setApart(small)).toEqual({ stored: small, bodies: [] });
  });

  it('of more are each stored by their digest, and are whole again as they came', async () => {
    const large = {
      ...call,
      args: text(MAX_INLINE_BYTES + 1),
      input: { é: ['é'.repeat(40_000)], b: 1, a: 2 },
    };
    const { stored, bodies } = setApart(large);
    expect(stored).toEqual({ ...call, args_body: expect.anything(), input_body: expect.anything() });
    expect(stored.args_body).toEqual({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      bytes: MAX_INLINE_BYTES + 1,
      begins: JSON.stringify(large.args).slice(0, 200),
    });
    expect(stored.input_body?.bytes).toBe(Buffer.byteLength(JSON.stringify(large.input)));
    expect(StoredCall.parse(stored)).toEqual(stored);
    const joined = await joinApart(stored, bodyFrom(bodies));
    expect(joined).toEqual(large);
    expect(JSON.stringify(joined.input)).toBe(JSON.stringify(large.input));
  });

  it('that say two things are not read', () => {
    const { stored } = setApart({ ...call, args: text(MAX_INLINE_BYTES + 1) });
    expect(StoredCall.safeParse({ ...stored, args: {} }).success).toBe(false);
  });

  it('are not joined where they can not be read back', async () => {
    const { stored } = setApart({ ...call, args: text(MAX_INLINE_BYTES + 1) });
    await expect(joinApart(stored, bodyFrom([]))).rejects.toThrow(/^no sha256:/);
  });
});

describe('a stored body', () => {
  const event = fixtureOf('aegis.body.stored.v1');
  const token = event.data.digest.replace('sha256:', '');

  it('is read where it is what its digest and its subject say', () => {
    expect(readEvent({ subject: bodyLog(token), event })?.data).toEqual(event.data);
  });

  it.each([
    ['it is another', { body: { document: 'As large arguments came' } }],
    ['it is no object', { body: 'As large arguments come' }],
    ['its digest is another', { digest: `sha256:${'0'.repeat(64)}` }],
  ])('is not read where %s', (_, changed) => {
    const other = { ...event, data: { ...event.data, ...changed } };
    expect(readEvent({ subject: bodyLog(token), event: other })).toBeUndefined();
  });

  it('is not read on the subject of another', () => {
    expect(readEvent({ subject: bodyLog('0'.repeat(64)), event })).toBeUndefined();
  });
});
