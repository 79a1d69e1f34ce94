import { expect, it } from 'vitest';
import { remember } from './memo.ts';

function countingSearch() {
  const asked: string[] = [];
  const search = (name: string) => {
    asked.push(name);
    return [name.length];
  };
  return { asked, search };
}

it('asks once for a name that is asked again', () => {
  const { asked, search } = countingSearch();
  const lookUp = remember(search);
  expect([lookUp('docs'), lookUp('docs')]).toEqual([[4], [4]]);
  expect(asked).toEqual(['docs']);
});

it('forgets names that were made up once, and keeps one that is asked all the time', () => {
  const { asked, search } = countingSearch();
  const lookUp = remember(search, 10);
  for (let turn = 0; turn < 100; turn++) {
    lookUp('docs');
    lookUp(`made-up-${turn}`);
  }
  expect(asked.filter((name) => name === 'docs')).toHaveLength(1);
  lookUp('made-up-0');
  expect(asked.filter((name) => name === 'made-up-0')).toHaveLength(2);
});

it('does not keep long names, which doors may have', () => {
  const { asked, search } = countingSearch();
  const lookUp = remember(search);
  const [short, long] = ['a'.repeat(256), 'a'.repeat(257)];
  for (const name of [short, long, short, long]) expect(lookUp(name)).toEqual([name.length]);
  expect(asked).toEqual([short, long, long]);
});
