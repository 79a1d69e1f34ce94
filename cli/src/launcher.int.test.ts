import { execFileSync, spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { HOST_NODE, isHostNodeOld, LAUNCHER, runAegis } from './testkit/spawn-aegis.ts';
import { temporaryDirectory } from './testkit/temporary-directory.ts';

/** A project of its own whose main file is `main`, with this Node as the pinned one; null: with none. */
async function projectWith(main: string, pinned: string | null = process.execPath): Promise<string> {
  const project = await temporaryDirectory();
  await mkdir(join(project, 'cli', 'bin'), { recursive: true });
  await mkdir(join(project, 'cli', 'src'));
  await copyFile(LAUNCHER, join(project, 'cli', 'bin', 'aegis.js'));
  await writeFile(join(project, 'cli', 'package.json'), '{"type":"module"}');
  await writeFile(join(project, 'cli', 'src', 'main.ts'), main);
  if (pinned !== null) {
    await mkdir(join(project, 'node_modules', 'node', 'bin'), { recursive: true });
    await symlink(pinned, join(project, 'node_modules', 'node', 'bin', 'node'));
  }
  return join(project, 'cli', 'bin', 'aegis.js');
}

function start(launcher: string, args: readonly string[] = [], node = HOST_NODE) {
  const child = spawn(node, [launcher, ...args]);
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, ended, stdout: text(child.stdout), stderr: text(child.stderr) };
}

const onceSaid = (child: ReturnType<typeof start>['child'], word: string): Promise<void> =>
  new Promise((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(word)) resolve();
    });
  });

const WAIT = 'setInterval(() => undefined, 1000);';

describe.skipIf(!isHostNodeOld)('under a Node that is too old for the sources', () => {
  test('the command runs under the Node that the project pins, with arguments and exit code', async () => {
    const launcher = await projectWith(
      'const n: number = 7; console.log(process.execPath, process.argv.slice(2)); process.exitCode = n;',
    );
    const { ended, stdout } = start(launcher, ['check', '--op', '']);
    expect(await ended).toEqual({ code: 7, signal: null });
    expect(await stdout).toContain("[ 'check', '--op', '' ]");
    expect(await stdout).not.toContain(HOST_NODE);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s reaches the command once, which ends as it likes',
    async (signal) => {
      const launcher = await projectWith(
        `let n = 0; process.on('${signal}', () => { n++; setTimeout(() => { console.log('stopped', n); process.exit(3); }, 200); }); console.log('ready'); ${WAIT}`,
      );
      const { child, ended, stdout } = start(launcher);
      await onceSaid(child, 'ready');
      child.kill(signal);
      expect(await ended).toEqual({ code: 3, signal: null });
      expect(await stdout).toBe('ready\nstopped 1\n');
    },
  );

  test('a command that a signal ends looks so from outside', async () => {
    const launcher = await projectWith(`console.log('ready'); ${WAIT}`);
    const { child, ended } = start(launcher);
    await onceSaid(child, 'ready');
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('what is typed reaches the command', async () => {
    const launcher = await projectWith('process.stdin.pipe(process.stdout);');
    const { child, stdout } = start(launcher);
    child.stdin.end('typed');
    expect(await stdout).toBe('typed');
  });

  test('where no newer Node is installed, one sentence says what to do, with exit 2', async () => {
    const launcher = await projectWith('console.log("ran")', null);
    const { ended, stdout, stderr } = start(launcher);
    expect(await ended).toEqual({ code: 2, signal: null });
    expect(await stdout).toBe('');
    expect(await stderr).toMatch(
      /^aegis: this is Node \S+ and AegisMCP needs Node 24 or newer: run "npm install".*\n$/,
    );
  });

  test('a pinned Node that does not start is one sentence and exit 2', async () => {
    const broken = join(await temporaryDirectory(), 'node');
    await writeFile(broken, 'not a program', { mode: 0o644 });
    const { ended, stderr } = start(await projectWith('', broken));
    expect(await ended).toEqual({ code: 2, signal: null });
    expect(await stderr).toMatch(/^aegis: the project's Node .* does not start .*\n$/);
  });
});

test('a Node that is new enough runs the command itself', async () => {
  const launcher = await projectWith(
    'const n: number = 5; process.exitCode = n; console.log(process.pid);',
    null,
  );
  const { child, ended, stdout } = start(launcher, [], process.execPath);
  expect(await ended).toEqual({ code: 5, signal: null });
  expect(await stdout).toBe(`${child.pid}\n`);
});

test('the launcher is syntax of Node 18 without types, and may be started as a program', async () => {
  expect(execFileSync(LAUNCHER, ['--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await readdir(join(LAUNCHER, '..'))).toEqual(['aegis.js']);
});

test('a link to the launcher, as npm makes it, finds the project', async () => {
  const link = join(await temporaryDirectory(), 'aegis');
  await symlink(LAUNCHER, link);
  const { ended, stdout } = start(link, ['--version']);
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(await stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('the real command starts from another folder and says its version', async () => {
  const { code, stdout } = await runAegis(['--version'], { cwd: await temporaryDirectory() });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string });
});
