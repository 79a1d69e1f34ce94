import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
/** Quotes as one, since a name in a source may have them escaped or curled. */
const plain = (text: string): string => text.replaceAll(/\\?['’‘]/g, "'").replaceAll('\\\\', '\\');

const page = await read('docs/architecture/security.md');
const [, table = ''] = page.split('| threat | what stops it | shown by |');
const rows = (/\n(\|[^]*?)\n\n/.exec(table)?.[1] ?? '').split('\n').slice(1);
const FILES = globSync('{cli,console,e2e,libs,scripts,services}/**/*.test.ts', {
  cwd: ROOT,
  exclude: (name) => name === 'node_modules',
});
const tests = (await Promise.all(FILES.map(read))).map(plain);

/** Whether a test has this name. What is left out of it, `…`, is what differs from one to the next. */
const isName = (name: string): boolean => {
  const pieces = plain(name).split('…');
  return tests.some((text) => pieces.every((piece) => text.includes(piece)));
};

it('there are threats', () => expect(rows.length).toBeGreaterThan(80));

it.each(rows)('each is shown by tests that there are: %s', (row) => {
  const cells = row.slice(1, -1).split(/(?<!\\)\|/);
  expect(cells).toHaveLength(3);
  const names = [...(cells[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !isName(name))).toEqual([]);
});
