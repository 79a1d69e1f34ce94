import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const AEGIS = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));

it.each(['*', '*.delete', '[a-z]*', '!x'])(
  'whoever writes match: %s is told that it has to stand in quotes, and how',
  (written) => {
    const input = `version: 2\nrules:\n  - match: ${written}\n    decision: deny\n`;
    const { status, stdout } = spawnSync(process.execPath, [AEGIS, 'policy', 'validate', '-'], {
      input,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout).toMatch(/line 3, column 12: what starts with .* has to stand in quotes: /);
    expect(stdout).toContain(`'${written}'`);
  },
);
