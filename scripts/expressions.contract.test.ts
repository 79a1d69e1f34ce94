import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCES = globSync('{libs,services,console,cli}/**/*.ts', {
  cwd: ROOT,
  exclude: (name) => /(^|\/)(node_modules|dist|testkit)$|\.test\.ts$/.test(name),
});

/** A class of Unicode, and something that counts one. */
const CLASS = '\u{e000}';
const COUNTED = '\u{e001}';
const markOf = (inside: string): string => [COUNTED, CLASS].find((mark) => inside.includes(mark)) ?? 'x';

/**
 * Whether an expression counts what counts a class of Unicode, such as `(?:\P{L}{1,3}\p{L}){4,}`. The engine writes the
 * class, of hundreds of ranges, out for each way that the counts can come together, when the expression is first used:
 * this one took seconds, on the loop that decides.
 */
function countsTwice(source: string): boolean {
  let rest = source.replaceAll(/\\+[pP]\{[^}]*\}/g, CLASS).replaceAll(/\\[^\n]/g, 'x');
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest
      .replaceAll(/\[[^[\]]*\]/g, markOf)
      .replaceAll(new RegExp(`${CLASS}\\{\\d+(?:,\\d*)?\\}`, 'g'), COUNTED)
      .replaceAll(/\([^()]*\)/g, markOf);
    if (new RegExp(`${COUNTED}\\{\\d`).test(rest)) return true;
  }
  return false;
}

it.each([
  [String.raw`(?<![\p{L}\p{N}])\p{L}(?:[^\p{L}\p{N}]{1,3}\p{L}){4,}(?![\p{L}\p{N}])`, true],
  [String.raw`(?:(?:\p{L}{2}x)+){3}`, true],
  [String.raw`[\p{M}\uff9e\uff9f]{31}`, false],
  [String.raw`(?:[^\p{L}\p{N}]+\p{L}){4,}`, false],
  [String.raw`\p{L}+(?:\d{1,3}\.){3}`, false],
])('%s counts a class of Unicode twice: %s', (source, is) => {
  expect(countsTwice(source)).toBe(is);
});

it('no expression takes the engine long to make ready: none counts a class of Unicode twice', () => {
  const lines = SOURCES.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .filter((line) => /\\[pP]\{/.test(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter(countsTwice)).toEqual([]);
});
