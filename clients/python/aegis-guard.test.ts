import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const { error, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
const isThere = error === undefined;
if (!isThere) process.stderr.write('SKIPPED: there is no python3 here: the Python client is not tested.\n');

it.skipIf(!isThere)(
  `its own tests pass with python3 (${isThere ? stdout.trim() : 'none here'})`,
  () => {
    const { status, stderr } = spawnSync('python3', ['-W', 'error::SyntaxWarning', '-m', 'unittest', '-v'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
  },
  60_000,
);
