import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { createUnderWay } from './under-way.ts';

const answer = () => new EventEmitter();

it('one key has a quarter of what may be under way, and others go on', () => {
  const underWay = createUnderWay(8);
  const adas = [answer(), answer()];
  for (const one of adas) underWay.enter('key:ada', one as never);
  const one = () => underWay.enter('key:ada', answer() as never);
  expect(one).toThrow('2 requests of this caller are under way already');
  underWay.enter('key:bob', answer() as never);
  adas[0]?.emit('close');
  expect(one).not.toThrow();
  expect(one).toThrow(expect.objectContaining({ code: 'too_many_requests', retryAfterS: 5 }));
});

it('all together have no more than that, whoever they are', () => {
  const underWay = createUnderWay(8);
  for (let n = 0; n < 7; n++) underWay.enter('anonymous', answer() as never);
  const last = answer();
  underWay.enter('key:ada', last as never);
  expect(() => underWay.enter('key:bob', answer() as never)).toThrow('8 requests are under way already');
  last.emit('close');
  expect(() => underWay.enter('key:bob', answer() as never)).not.toThrow();
});
