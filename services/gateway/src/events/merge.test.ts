import { expect, it } from 'vitest';
import { mergeBySeq } from './merge.ts';

async function* source(seqs: number[], taken: number[] = []): AsyncGenerator<{ seq: number }, void> {
  for (const seq of seqs) {
    taken.push(seq);
    yield { seq };
  }
}

const all = async (merged: AsyncGenerator<{ seq: number }, void>): Promise<number[]> => {
  const seqs: number[] = [];
  for await (const { seq } of merged) seqs.push(seq);
  return seqs;
};

it('events of several sources come in the one order of the log', async () => {
  expect(await all(mergeBySeq([source([2, 3, 9]), source([1, 4, 5]), source([])]))).toEqual([
    1, 2, 3, 4, 5, 9,
  ]);
});

it('reads no further ahead than one event a source, and lets go of all when the reader leaves', async () => {
  const taken: number[] = [];
  const left = source([1, 2, 3, 4], taken);
  const merged = mergeBySeq([left, source([10, 11], taken)]);
  await merged.next();
  expect(taken).toEqual([1, 10]);
  await merged.return();
  expect(await left.next()).toMatchObject({ done: true });
});

async function* broken(): AsyncGenerator<{ seq: number }, void> {
  yield { seq: 1 };
  throw new Error('gone');
}

it('a source that breaks breaks the whole: nothing is left out silently', async () => {
  await expect(all(mergeBySeq([broken(), source([2])]))).rejects.toThrow('gone');
});
