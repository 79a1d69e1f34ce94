import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFrameReader, encodeFrame, MAX_FRAME_BYTES } from './frames.ts';

const frame = fc.record({
  type: fc.constantFrom('C', 'S', 'E', 'c'),
  n: fc.nat(0xffff_ffff),
  payload: fc.uint8Array({ maxLength: 40 }),
});

function reader() {
  const came: { type: string; n: number; payload: string }[] = [];
  const read = createFrameReader((type, n, payload) =>
    came.push({ type, n, payload: payload.toString('hex') }),
  );
  return { came, read };
}

test('frames are what was sent, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 30 })), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(({ type, payload, n }) => encodeFrame(type, payload, n)));
      const { came, read } = reader();
      let at = 0;
      for (const cut of cuts) read(bytes.subarray(at, (at += cut)));
      read(bytes.subarray(at));
      expect(came).toEqual(
        frames.map(({ payload, ...rest }) => ({ ...rest, payload: Buffer.from(payload).toString('hex') })),
      );
    }),
  );
});

test('text is UTF-8, and a frame may be as long as the limit', () => {
  const { came, read } = reader();
  read(encodeFrame('l', 'é\u{1f600}', 7));
  read(encodeFrame('c', Buffer.alloc(MAX_FRAME_BYTES)));
  expect(came[0]).toEqual({ type: 'l', n: 7, payload: Buffer.from('é\u{1f600}').toString('hex') });
  expect(came[1]?.payload).toHaveLength(2 * MAX_FRAME_BYTES);
});

test.each([[9], [4]])('a frame that is longer than it may be is not read, its header cut at %i', (cut) => {
  const { came, read } = reader();
  const bytes = encodeFrame('C', Buffer.alloc(MAX_FRAME_BYTES + 1));
  expect(() => [bytes.subarray(0, cut), bytes.subarray(cut)].forEach(read)).toThrow('more than 262144 bytes');
  expect(came).toEqual([]);
});
