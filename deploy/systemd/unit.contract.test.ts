import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createProgram } from '../../cli/src/program.ts';
import { fakeHost } from '../../cli/src/testkit/fake-host.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HERE = '/opt/aegismcp';
const unit = await readFile(new URL('aegismcp.service', import.meta.url), 'utf8');
const valuesOf = (name: string): string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

test('what it starts is there, and is a command', () => {
  const [node = '', launcher = '', command = '', ...rest] = valuesOf('ExecStart')[0]?.split(' ') ?? [];
  for (const path of [node, launcher]) expect(existsSync(path.replace(HERE, ROOT))).toBe(true);
  const commands = createProgram(fakeHost(), false).commands.map((one) => one.name());
  expect([commands.includes(command), rest]).toEqual([true, []]);
});

test('each variable that it sets is a setting, and no code is taken', async () => {
  const settings = await readFile(join(ROOT, 'docs/operations.md'), 'utf8');
  const names = valuesOf('Environment').map((one) => one.split('=')[0] ?? '');
  expect(names.filter((name) => !settings.includes(`| \`${name}\` |`))).toEqual([]);
  expect(valuesOf('Environment')).toContain('APPROVAL_CODE=off');
});

test('the data is for its user only, and nobody becomes more than that user', () => {
  expect([valuesOf('StateDirectoryMode'), valuesOf('UMask'), valuesOf('NoNewPrivileges')]).toEqual([
    ['0700'],
    ['0077'],
    ['yes'],
  ]);
  expect(valuesOf('User')).not.toContain('root');
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
test.skipIf(!hasSystemd)('systemd takes it as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-unit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'aegismcp.service');
  await writeFile(path, unit.replaceAll(HERE, ROOT.replace(/\/$/, '')));
  const said = execFileSync('systemd-analyze', ['verify', path], { encoding: 'utf8', stdio: 'pipe' });
  expect(said).toBe('');
});
