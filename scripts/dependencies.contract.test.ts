import { expect, it } from 'vitest';
import { isName, namesIn, rowsOf } from './named-tests.ts';

const rows = await rowsOf(
  'docs/architecture/durability.md',
  '| what is away | when | what callers see | back within | shown by |',
);
const dependencies = [...new Set(rows.map(([what = '']) => what))];

it('there are dependencies', () => expect(dependencies.length).toBeGreaterThan(15));

it.each(rows.map((cells) => [cells[0], cells[1], cells] as const))(
  'what is seen while it is away, and after, is shown by tests that there are: %s, %s',
  (_what, _when, cells) => {
    expect(cells).toHaveLength(5);
    expect(cells).not.toContain('');
    const names = namesIn(cells[4]);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !isName(name))).toEqual([]);
  },
);

it.each(dependencies)('is there at the start and later: %s', (dependency) => {
  const moments = rows.filter(([what]) => what === dependency).map(([, when]) => when);
  expect(moments).toEqual(expect.arrayContaining(['at the start', 'later']));
});
