import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BackgroundHome, backgroundHome } from '../testkit/background.ts';
import { runAegis } from '../testkit/spawn-aegis.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';
import { callOf, ECHO, ping, spawnWhole, spawnWrap } from '../testkit/wrapped.ts';

describe('with a firewall that runs', () => {
  let home: BackgroundHome;
  let env: BackgroundHome['env'];
  beforeAll(async () => {
    home = await backgroundHome();
    env = home.env;
    await runAegis(['wrap', '--name', 'first', '--', 'cat'], { env });
  });
  afterAll(() => home.remove());

  const wrap = (script: string, options: readonly string[] = []) => spawnWrap(script, env, options);
  const run = (command: readonly string[], more: Record<string, string> = {}) =>
    runAegis(['wrap', '--name', 'srv', '--', ...command], { env: { ...env, ...more } });

  test('calls are judged by the policy in force, and all else passes', async () => {
    const { say, next, end, exit } = wrap(ECHO);
    say(ping(1));
    expect(await next()).toEqual({ jsonrpc: '2.0', id: 1, result: { method: 'ping' } });
    say(callOf(2, 'read'));
    expect(await next()).toEqual({ jsonrpc: '2.0', id: 2, result: { method: 'tools/call' } });
    say(callOf(3, 'drop'));
    const denied = await next();
    expect(denied).toMatchObject({ id: 3, result: { isError: true } });
    expect(JSON.stringify(denied)).toContain('*.drop');
    end();
    expect(await exit).toEqual({ code: 0, signal: null });
    const { stdout } = await runAegis(['--json', 'audit', 'query', '--tool', 'srv.read'], { env });
    expect(stdout).toContain('"os-user:');
  });

  test('a tool that could only be denied is listed only where that is asked for', async () => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const [plain, shown] = [wrap(ECHO), wrap(ECHO, ['--show-denied'])];
    for (const { say } of [plain, shown]) say(list);
    expect(JSON.stringify(await plain.next())).not.toContain('"drop"');
    expect(JSON.stringify(await shown.next())).toContain('"drop"');
  });

  test.each([
    ['process.exit(42)', { code: 42, signal: null }],
    ['process.kill(process.pid, "SIGKILL")', { code: null, signal: 'SIGKILL' }],
    ['process.kill(process.pid, "SIGTERM")', { code: null, signal: 'SIGTERM' }],
  ])('it ends as the server ends: %s', async (script, end) => {
    expect(await run([process.execPath, '-e', script])).toMatchObject({ ...end, stdout: '', stderr: '' });
  });

  test('a server that is not there is one sentence, and 127 as in a shell', async () => {
    expect(await run(['no-such-server'])).toMatchObject({
      code: 127,
      stdout: '',
      stderr: 'aegis: The command no-such-server is not found: check the name and the PATH.\n',
    });
  });

  test('a command line that is read by the whole program, such as one without --, does the same', async () => {
    const { say, next, end, exit } = spawnWhole(
      ['wrap', '--name', 'srv', '--', process.execPath, '-e', ECHO],
      env,
    );
    say(callOf(1, 'read'));
    expect(await next()).toMatchObject({ id: 1, result: { method: 'tools/call' } });
    say(callOf(2, 'drop'));
    expect(await next()).toMatchObject({ id: 2, result: { isError: true } });
    end();
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(await runAegis(['wrap', '--name', 'srv', 'cat'], { env })).toMatchObject({ code: 0, stderr: '' });
  });

  test("what follows -- is the server's, options and a second -- too", async () => {
    const script = 'process.stderr.write(JSON.stringify(process.argv.slice(1)))';
    const { stderr } = await run([process.execPath, '-e', script, '--', '--name', 'x', '--', '-y', '--json']);
    expect(JSON.parse(stderr)).toEqual(['--name', 'x', '--', '-y', '--json']);
  });

  test("the server's stderr passes byte for byte", async () => {
    const { errors, exit } = wrap('process.stderr.write(Buffer.from([0xff, 0x00, 0x0d, 0x41]))');
    await exit;
    expect([...errors()]).toEqual([0xff, 0x00, 0x0d, 0x41]);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s is for the server to answer', async (signal) => {
    const { say, next, kill, exit } = wrap(
      `process.on('${signal}', () => { console.log('{"jsonrpc":"2.0","method":"notifications/${signal}"}'); setTimeout(() => process.exit(7), 50); }); ${ECHO}`,
    );
    say(ping(1));
    await next();
    kill(signal);
    expect(await next()).toMatchObject({ method: `notifications/${signal}` });
    expect(await exit).toEqual({ code: 7, signal: null });
  });

  test("the server gets the caller's environment without AegisMCP's secrets", async () => {
    const secrets = { APPROVAL_CODE: 'a secret code', NATS_NKEY_FILE: '/nowhere', NATS_KEYS_DIR: '/nowhere' };
    const script = 'process.stderr.write(JSON.stringify(process.env))';
    const { stderr } = await run([process.execPath, '-e', script], { ...secrets, GITHUB_TOKEN: 'its own' });
    const seen = JSON.parse(stderr) as Record<string, string>;
    expect(seen['GITHUB_TOKEN']).toBe('its own');
    const withheld = [...Object.keys(secrets), 'AEGIS_DATA_DIR'];
    expect(Object.keys(seen).filter((name) => withheld.includes(name))).toEqual([]);
  });

  test('a firewall that is gone denies whatever is asked; when it is back, calls run again', async () => {
    const { say, next, errors } = wrap(ECHO);
    say({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25' } });
    await next();
    say(callOf(1, 'read'));
    expect(await next()).toMatchObject({ id: 1, result: { method: 'tools/call' } });
    process.kill((await home.stack()).pid, 'SIGKILL');
    await expect.poll(() => errors().toString()).toContain('The firewall is away');
    say(callOf(2, 'read'));
    expect(await next()).toMatchObject({ id: 2, result: { isError: true } });
    say(ping(3));
    const refused = await next();
    expect(refused).toMatchObject({ id: 3, error: { code: -32_010 } });
    expect(JSON.stringify(refused)).toContain("AegisMCP can't decide now: the firewall is away");
    await runAegis(['wrap', '--name', 'again', '--', 'cat'], { env });
    let id = 4;
    const isAllowed = async (): Promise<unknown> => {
      say(callOf(id++, 'read'));
      return (await next())['result'];
    };
    await expect.poll(isAllowed, { timeout: 20_000 }).toEqual({ method: 'tools/call' });
    say(callOf(id, 'drop'));
    expect(await next()).toMatchObject({ id, result: { isError: true } });
  });
});

describe('wrong usage', () => {
  test.each([
    [['--', 'x'], '--name: required'],
    [['--name', 'a.b', '--', 'x'], 'expected 1 to 64 characters of A-Z a-z 0-9 _ -'],
    [['--name', 'a'], 'command: required'],
    [['--name', 'a', '--hold', '50', '--', 'x'], 'expected a time such as 500ms, 50s or 2m, at most 60m'],
    [['--name', 'a', '--hold', '2h', '--', 'x'], 'expected a time'],
    [['--name', 'a', '--hold', '61m', '--', 'x'], 'at most 60m'],
    [
      ['--name', 'a', '--record', 'some', '--', 'x'],
      '--record: expected one of none, digest, redacted, full',
    ],
  ])('%j names what is wrong', async (args, why) => {
    const AEGIS_DATA_DIR = await temporaryDirectory();
    const ended = await runAegis(['wrap', ...args], { env: { AEGIS_DATA_DIR } });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(why);
  });

  test('the help says how to write it', async () => {
    const { code, stdout } = await runAegis(['help', 'wrap']);
    expect(code).toBe(0);
    expect(stdout).toContain('aegis wrap --name <server> [options] -- <command> [args...]');
    expect(stdout).toMatch(/--hold <time>.*\(default: 50s\)/s);
    expect(stdout).toMatch(/--record <mode>.*default: "redacted"/s);
  });
});
