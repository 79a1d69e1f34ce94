import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
/** Quotes as one, since a name in a source may have them escaped or curled. */
const plain = (text: string): string => text.replaceAll(/\\?['’‘]/g, "'").replaceAll('\\\\', '\\');

const FILES = globSync('{cli,clients,console,deploy,e2e,libs,scripts,services}/**/*.test.ts', {
  cwd: ROOT,
  exclude: (name) => name === 'node_modules',
});
const tests = (await Promise.all(FILES.map(read))).map(plain);

/** The rows of the table on a page that begins with this header, as their cells. */
export async function rowsOf(path: string, header: string): Promise<string[][]> {
  const [, table = ''] = (await read(path)).split(header);
  const rows = (/\n(\|[^]*?)\n\n/.exec(table)?.[1] ?? '').split('\n').slice(1);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** The tests that a cell names. */
export const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** Whether a test has this name. What is left out of it, `…`, is what differs from one to the next. */
export const isName = (name: string): boolean => {
  const pieces = plain(name).split('…');
  return tests.some((text) => pieces.every((piece) => text.includes(piece)));
};
