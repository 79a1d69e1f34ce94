import { expect, it } from 'vitest';
import { isName, namesIn, rowsOf } from './named-tests.ts';

const rows = await rowsOf('docs/architecture/security.md', '| threat | what stops it | shown by |');

it('there are threats', () => expect(rows.length).toBeGreaterThan(80));

it.each(rows.map((cells) => [cells[0], cells] as const))(
  'each is shown by tests that there are: %s',
  (_, cells) => {
    expect(cells).toHaveLength(3);
    const names = namesIn(cells[2]);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !isName(name))).toEqual([]);
  },
);
