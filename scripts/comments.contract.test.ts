import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const COLUMNS = 125;
const SOURCES = globSync(
  '{libs,services,console,cli,clients,deploy,e2e,bench,examples,scripts}/**/*.{ts,js,mjs,svelte}',
  {
    cwd: ROOT,
    exclude: (name) => /(^|\/)(node_modules|dist)$/.test(name),
  },
);

/** A row of a table can't be wrapped. */
const isTooLong = (line: string): boolean =>
  /^ *(\/\/|\/?\*)(?! *\|)/.test(line) && Array.from(line).length > COLUMNS;

it(`comments are wrapped at ${COLUMNS} columns: the formatter leaves them as they are`, () => {
  expect(SOURCES.length).toBeGreaterThan(1_000);
  const found = SOURCES.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .filter(isTooLong)
      .map((line) => `${file}: ${line}`),
  );
  expect(found).toEqual([]);
});
