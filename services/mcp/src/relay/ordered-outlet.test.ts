import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrderedOutlet } from './ordered-outlet.ts';

const create = () => {
  const sent: string[] = [];
  return { sent, outlet: new OrderedOutlet((bytes) => sent.push(String(bytes))) };
};

test('what is ready waits for what came before it, and for nothing else', () => {
  const { sent, outlet } = create();
  const [first, second] = [outlet.take(), outlet.take()];
  outlet.push(Buffer.from('note'));
  second.fill(Buffer.from('2'));
  expect([sent, outlet.waitingBytes]).toEqual([[], 5]);
  first.fill(undefined);
  expect([sent, outlet.waitingBytes]).toEqual([['2', 'note'], 0]);
});

test('what has left goes when it is ready, once, and holds nothing back', () => {
  const { sent, outlet } = create();
  const held = outlet.take();
  outlet.push(Buffer.from('after'));
  held.leave();
  expect(sent).toEqual(['after']);
  held.fill(Buffer.from('held'));
  held.fill(Buffer.from('again'));
  held.leave();
  expect(sent).toEqual(['after', 'held']);
});

test('whatever the order of decisions, nothing is lost, doubled or out of order', () => {
  const order = fc.nat(30).chain((n) =>
    fc.shuffledSubarray(
      Array.from({ length: n }, (_, i) => i),
      { minLength: n },
    ),
  );
  fc.assert(
    fc.property(order, (decisions) => {
      const { sent, outlet } = create();
      const places = decisions.map(() => outlet.take());
      for (const i of decisions) places[i]?.fill(i % 3 === 0 ? undefined : Buffer.from(String(i)));
      const all = decisions.toSorted((a, b) => a - b).filter((i) => i % 3 !== 0);
      expect([sent, outlet.waitingBytes]).toEqual([all.map(String), 0]);
    }),
  );
});
