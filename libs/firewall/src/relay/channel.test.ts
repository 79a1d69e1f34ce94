import { Duplex } from 'node:stream';
import { setImmediate as quiet } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createChannel, WINDOW_BYTES } from './channel.ts';
import { createFrameReader, encodeFrame } from './frames.ts';

/** A channel, what it sends, and a way to be the other end. */
function open(inTurn?: (read: () => void) => boolean) {
  let unread: (() => void) | undefined;
  let reads = true;
  const sent: [string, number, number][] = [];
  const writes: number[] = [];
  const came: string[] = [];
  const broken: string[] = [];
  const read = createFrameReader((type, n, { length }) => sent.push([type, n, length]));
  const socket = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      writes.push(chunk.length);
      read(chunk);
      if (reads) done();
      else unread = done;
    },
  });
  const channel = createChannel(socket, {
    incoming: ['C', 'S'],
    take: (type) => void came.push(type),
    broken: ({ message }) => void broken.push(message),
    ...(inTurn && { inTurn }),
  });
  const hear = (...frame: Parameters<typeof encodeFrame>): boolean => socket.push(encodeFrame(...frame));
  const reading = { stop: () => void (reads = false), goOn: () => ((reads = true), unread?.()) };
  return { channel, sent, writes, came, broken, hear, socket, reading };
}

test('long data is several frames, and the last one says what it answers', () => {
  const { channel, sent } = open();
  channel.outgoing('c').write(Buffer.alloc(600_000), 5);
  expect(sent).toEqual([
    ['c', 0, 262_144],
    ['c', 0, 262_144],
    ['c', 5, 75_712],
  ]);
});

test('small frames of one moment go in one piece, in their order', async () => {
  const { channel, sent, writes, socket } = open();
  for (let n = 1; n <= 1_000; n++) channel.send('d', '', n);
  channel.outgoing('c').write(Buffer.alloc(1_000), 1_001);
  channel.send('d', '', 1_002);
  await quiet();
  expect(sent.map(([, n]) => n)).toEqual(Array.from({ length: 1_002 }, (_, i) => i + 1));
  expect(writes).toEqual([9_000, 1_009, 9]);
  channel.send('f', '{}');
  channel.end();
  expect([sent.at(-1)?.[0], socket.writableEnded]).toEqual(['f', true]);
});

test('small frames that nobody reads are few pieces, however many moments they are of', async () => {
  const { channel, sent, writes, reading } = open();
  reading.stop();
  channel.outgoing('c').write(Buffer.alloc(100_000));
  for (let n = 1; n <= 10_000; n++) {
    channel.send('d', '', n);
    if (n % 10 === 0) await quiet();
  }
  expect(writes).toEqual([100_009]);
  reading.goOn();
  await quiet();
  expect(sent.map(([, n]) => n)).toEqual(Array.from({ length: 10_001 }, (_, n) => n));
  expect(writes.length).toBeLessThan(10);
});

test('a stream whose reader is slow waits, keeps its order, and holds up no other', async () => {
  const { channel, sent, hear } = open();
  const [slow, other] = [channel.outgoing('s'), channel.outgoing('c')];
  slow.write(Buffer.alloc(WINDOW_BYTES));
  slow.write('more');
  slow.mark('e');
  other.write('answer', 1);
  expect(slow.waitingBytes).toBe(4);
  await quiet();
  expect(sent.slice(-1)).toEqual([['c', 1, 6]]);
  let hasRoom = false;
  void slow.room()?.then(() => (hasRoom = true));
  hear('w', 's', 3);
  await quiet();
  expect([sent.at(-1)?.[0], hasRoom]).toEqual(['c', false]);
  hear('w', 's', 1);
  await quiet();
  expect(sent.slice(-2)).toEqual([
    ['s', 0, 4],
    ['e', 0, 0],
  ]);
  expect([hasRoom, slow.room()]).toEqual([true, undefined]);
});

test('the other end hears of room once a quarter of the window was taken', async () => {
  const { channel, sent } = open();
  channel.taken('C', WINDOW_BYTES / 4 - 1);
  await quiet();
  expect(sent).toEqual([]);
  channel.taken('C', 1);
  await quiet();
  expect(sent).toEqual([['w', WINDOW_BYTES / 4, 1]]);
});

test('an end that sends more than there is room for is not read any more', async () => {
  const { came, broken, hear } = open();
  for (let sent = 0; sent < WINDOW_BYTES; sent += 262_144) hear('C', Buffer.alloc(262_144));
  hear('S', 'room of its own');
  hear('C', 'x');
  hear('S', 'after');
  await quiet();
  expect(came).toEqual(['C', 'C', 'C', 'C', 'S']);
  expect(broken).toEqual(['More of C than there is room for.']);
});

test('a grant can not be more than all the room', async () => {
  const { channel, sent, hear } = open();
  hear('w', 'c', 0xffff_ffff);
  channel.outgoing('c').write('');
  hear('w', 'c', 0xffff_ffff);
  await quiet();
  for (let i = 0; i < 5; i++) channel.outgoing('c').write(Buffer.alloc(262_144));
  expect(sent.filter(([, , bytes]) => bytes > 0)).toHaveLength(4);
});

test('nobody waits for a socket that is gone', async () => {
  const { channel, socket } = open();
  const out = channel.outgoing('c');
  out.write(Buffer.alloc(2 * WINDOW_BYTES));
  const room = out.room();
  socket.destroy();
  await room;
  expect(out.waitingBytes).toBe(0);
});

test.each<[string, [string, string, number]]>([
  ['of a stream with nothing in it', ['C', '', 0]],
  ['that gives no room', ['w', 'c', 0]],
  ['that gives room where there is all of it', ['w', 'c', 1]],
  ['that gives room to a stream that is not there', ['w', 'x', 1]],
  ['that gives room to no stream', ['w', '', 1]],
])('a frame %s is the last that is read', async (_, frame) => {
  const { channel, broken, came, hear } = open();
  channel.outgoing('c').write('sent');
  if (frame[2] > 0) hear('w', 'c', 4);
  await quiet();
  expect(broken).toEqual([]);
  hear(...frame);
  hear('S', 'after');
  await quiet();
  expect([broken.length, came]).toEqual([1, []]);
});

test('many frames at once are read in turns, in their order, whatever they carry', async () => {
  const turns: (() => void)[] = [];
  const { came, socket } = open((read) => (turns.push(read), false));
  socket.push(Buffer.concat(Array.from({ length: 70 }, (_, n) => encodeFrame('SE'[n % 2] ?? '', 'x'))));
  socket.push(encodeFrame('X', 'later'));
  await quiet();
  expect([came.length, turns.length]).toEqual([32, 1]);
  turns.shift()?.();
  await quiet();
  expect([came.length, turns.length]).toEqual([64, 1]);
  turns.shift()?.();
  await quiet();
  expect(came.join('')).toBe(`${'SE'.repeat(35)}X`);
});
