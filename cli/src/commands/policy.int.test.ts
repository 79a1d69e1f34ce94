import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../run.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { startGatewayDouble } from '../testkit/gateway-double.ts';
import { runAegis } from '../testkit/spawn-aegis.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

const V1 = '# ours\nmax_refund_cents: 500\nallow_tools: ["refunds*"]\ndeny_tools: [danger*]\n';
const V2 = '# ours\nversion: 2\nrules:\n  - { match: "*", decision: review }\n';
const BAD = 'version: 2\nrules:\n  - { match: "*", decision: maybe, "colour\u202e": red }\n';
const RULES = [
  { match: 'danger*', decision: 'deny', reason: 'In the deny list' },
  { match: 'refunds*', decision: 'allow', cap_cents: 500, ops: ['refund'], reason: 'In the allow list' },
  { match: '*', decision: 'review', reason: 'Not in the allow list' },
];

async function fileWith(text: string, name = 'policy.yml'): Promise<string> {
  const file = join(await temporaryDirectory(), name);
  await writeFile(file, text);
  return file;
}

async function policy(args: readonly string[], stdin = '') {
  const host = fakeHost();
  host.stdin.end(stdin);
  await run(host, ['policy', ...args]);
  return host;
}

const saysEnds = (ends: object) => ({ status: 200, body: { ok: true, ends: { unknown: 0, ...ends } } });

/** Validates a good file where a firewall runs that says this. */
const validateWhere = async (ends: object, ...more: string[]) => {
  const gateway = await startGatewayDouble({ 'POST /policy/validate': saysEnds(ends) });
  onTestFinished(() => gateway.stop());
  const host = await policy(['validate', '-', '--url', gateway.url, ...more], V2);
  expect(host.exitCode).toBe(0);
  return host.out();
};

describe('validate', () => {
  test('a good file is valid, whatever its version', async () => {
    for (const [text, version] of [
      [V2, 2],
      [V1, 1],
    ] as const) {
      const file = await fileWith(text);
      const host = await policy(['validate', file]);
      expect(host.exitCode).toBe(0);
      expect(host.out()).toContain(`valid  ${file} is a version ${version} policy\n`);
    }
  });

  test('a good file that lets through more than it seems to is valid, with a warning', async () => {
    const loose = JSON.stringify({
      version: 2,
      rules: [
        { match: 'web.get', decision: 'allow', when: { 'args.url': { starts_with: 'https://example.com' } } },
      ],
    });
    const host = await policy(['validate', '-'], loose);
    expect(host.exitCode).toBe(0);
    expect(host.out()).toContain('  warn  rules.0.when."args.url".starts_with: more than one host may fit');
    const { notes } = JSON.parse((await policy(['validate', '-', '--json'], loose)).out()) as {
      notes: string[];
    };
    expect(notes).toEqual([expect.stringContaining('use host_in or url_within')]);
  });

  test('a file that is no YAML is told so, and that what it says was not looked at yet', async () => {
    const broken = 'version: 2\nrules:\n  - { match: "*", decision: maybe\n';
    const host = await policy(['validate', '-'], broken);
    expect(host.exitCode).toBe(1);
    expect(host.out()).not.toContain('decision');
    const said = 'What its rules say was not looked at yet: mend this first, and check it again.';
    expect(host.out().trimEnd().split('\n').at(-1)).toBe(`  ${said}`);
    expect(JSON.parse((await policy(['validate', '-', '--json'], broken)).out())).toMatchObject({
      notes: [said],
    });
    expect((await policy(['validate', '-'], BAD)).out()).not.toContain(said);
  });

  test('a rule that no call can meet is an error, and one that hardly means what it says a warning', async () => {
    const off = 'version: 2\nrules:\n  - { match: "db.{drop,delete}", decision: deny }\n';
    const host = await policy(['validate', '-'], off);
    expect(host.exitCode).toBe(1);
    expect(host.out()).toContain(
      '  rules.0.match: matches no tool, resource or prompt; braces stand for themselves',
    );
    expect(host.out()).toContain(
      '  Where it is in force already, it goes on; once it is changed, it is refused.',
    );
    const under =
      'version: 2\nrules:\n  - { match: "*", decision: allow }\n  - { match: db.drop, decision: deny }\n';
    const warned = await policy(['validate', '-'], under);
    expect(warned.exitCode).toBe(0);
    expect(warned.out()).toContain("  warn  rules.1: never decides, because rules.0 ('*', allow)");
  });

  test('where a firewall runs, what it would end of what waits is said, and which', async () => {
    const first = [
      { id: 'apr_a', tool: 'refunds.create', principal: 'me', because: "Rule 0 denies 'refunds.*'" },
    ];
    const two = await validateWhere({ approvals: 1, grants: 1, unknown: 3, first });
    expect(two).toContain('  Taken now, it would end 1 waiting or approved call and 1 grant:\n');
    expect(two).toContain("    apr_a  refunds.create  me  Rule 0 denies 'refunds.*'\n    and 1 more\n");
    expect(two).toContain('  3 more could not be looked at in time\n');
    expect(await validateWhere({ approvals: 0, grants: 0, first: [] })).toContain(
      '  Taken now, it would end nothing that waits or is granted\n',
    );
    expect(await validateWhere({ approvals: 4, grants: 0, first: [] })).toContain(
      '  Taken now, it would end 4 waiting or approved calls\n',
    );
    expect(await validateWhere({ approvals: 0, grants: 2, first: [] })).toContain(
      '  Taken now, it would end 2 grants\n',
    );
    expect(JSON.parse(await validateWhere({ approvals: 1, grants: 0, first }, '--json'))).toMatchObject({
      ok: true,
      ends: { approvals: 1, first },
    });
  });

  test('where the firewall that is named does not answer, the file is valid all the same, and a warning says so', async () => {
    const host = await policy(['validate', '-', '--url', 'http://127.0.0.1:1'], V2);
    expect(host.exitCode).toBe(0);
    expect(host.out()).toMatch(
      /warn {2}the file is checked; what it would end of what waits can not be told: No answer from the gateway/,
    );
    expect(host.out()).not.toContain('Nothing was allowed');
    const json = await policy(['validate', '-', '--json', '--url', 'http://127.0.0.1:1'], V2);
    expect(JSON.parse(json.out())).toMatchObject({
      ok: true,
      notes: [expect.stringMatching(/can not be told/)],
    });
  });

  test('a bad file names every error with its place, hostile text shown', async () => {
    const host = await policy(['validate', await fileWith(BAD)]);
    expect(host.exitCode).toBe(1);
    expect(host.out()).toContain('  rules.0.decision: expected one of allow, review, deny\n');
    expect(host.out()).toMatch(/rules\.0\..*colour.*: unknown field\n/);
    expect(host.out()).not.toContain('\u202e');
  });

  test('JSON is the answer that the gateway gives', async () => {
    const host = await policy(['validate', '-', '--json'], V1);
    expect(JSON.parse(host.out())).toMatchObject({ ok: true, errors: [], version: 2, migrated: true });
    const bad = await policy(['validate', '-', '--json'], BAD);
    expect(JSON.parse(bad.out())).toMatchObject({ ok: false, version: 2, migrated: false, notes: [] });
    expect([bad.exitCode, bad.err()]).toEqual([1, '']);
  });

  test.each(['', 'a: 1\na: 2\n', 'rules: [', '[]'])('%j is invalid', async (text) => {
    expect((await policy(['validate', '-'], text)).exitCode).toBe(1);
  });

  test('a file that is not there is no, in a sentence', async () => {
    const host = await policy(['validate', '/nowhere/policy.yml']);
    expect([host.exitCode, host.err()]).toEqual([
      1,
      "aegis: /nowhere/policy.yml can't be read: there is no such file.\n",
    ]);
  });

  test('a file that is no UTF-8 is told to be none, as at the start', async () => {
    const file = await fileWith('');
    await writeFile(file, Buffer.from('version: 2\nrules: [] # caf\xe9\n', 'latin1'));
    const host = await policy(['validate', file]);
    expect([host.exitCode, host.err()]).toEqual([1, `aegis: ${file} is not UTF-8 text: save it as UTF-8.\n`]);
    const looked = fakeHost({ env: { POLICY_PATH: file, AEGIS_DATA_DIR: join(file, '..', 'data') } });
    await run(looked, ['doctor']);
    expect(looked.out()).toContain(`fail  policy: ${file} is not UTF-8 text: save it as UTF-8\n`);
  });

  test('as a program under the Node of this machine, from standard input', async () => {
    const { code, stdout } = await runAegis(['policy', 'validate', '-'], { stdin: V2 });
    expect([code, stdout]).toEqual([0, 'valid  standard input is a version 2 policy\n']);
  });
});

describe('migrate', () => {
  test('makes YAML from YAML on stdout, remarks on stderr, and leaves the file alone', async () => {
    const file = await fileWith(V1);
    const { code, stdout, stderr } = await runAegis(['policy', 'migrate', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^version: 2\nrules:\n/);
    expect(parse(stdout)).toEqual({ version: 2, rules: RULES });
    expect(stderr).toContain('Migrated from version 1 to version 2.');
    expect(await readFile(file, 'utf8')).toBe(V1);
  });

  test('makes JSON from JSON', async () => {
    const json = JSON.stringify(parse(V1));
    for (const host of [
      await policy(['migrate', '-'], json),
      await policy(['migrate', await fileWith(json, 'p.json')]),
    ]) {
      expect(JSON.parse(host.out())).toEqual({ version: 2, rules: RULES });
    }
  });

  test('what it makes is valid', async () => {
    const migrated = await policy(['migrate', '-'], V1);
    expect((await policy(['validate', '-'], migrated.out())).exitCode).toBe(0);
  });

  test('--in-place writes the file, keeps its mode and leaves nothing else behind', async () => {
    const file = await fileWith(V1);
    await chmod(file, 0o664);
    const host = await policy(['migrate', file, '--in-place']);
    expect([host.exitCode, host.out()]).toEqual([0, '']);
    expect(parse(await readFile(file, 'utf8'))).toEqual({ version: 2, rules: RULES });
    expect((await stat(file)).mode & 0o777).toBe(0o664);
    expect(await readdir(join(file, '..'))).toEqual(['policy.yml']);
  });

  test('--in-place through a link writes what the link leads to', async () => {
    const file = await fileWith(V1);
    const link = join(await temporaryDirectory(), 'link.yml');
    await symlink(file, link);
    await policy(['migrate', link, '--in-place']);
    expect(await readFile(file, 'utf8')).toMatch(/^version: 2/);
  });

  test('--backup keeps the old file as .bak', async () => {
    const file = await fileWith(V1);
    const host = await policy(['migrate', file, '--in-place', '--backup', '--json']);
    expect(JSON.parse(host.out())).toMatchObject({
      ok: true,
      migrated: true,
      written: file,
      backup: `${file}.bak`,
    });
    expect(await readFile(`${file}.bak`, 'utf8')).toBe(V1);
    expect(await readFile(file, 'utf8')).toMatch(/^version: 2/);
  });

  test('--backup never replaces a backup that is there, and then nothing is written', async () => {
    const file = await fileWith(V1);
    await writeFile(`${file}.bak`, 'precious');
    const host = await policy(['migrate', file, '--in-place', '--backup']);
    expect(host.exitCode).toBe(1);
    expect(await readFile(`${file}.bak`, 'utf8')).toBe('precious');
    expect(await readFile(file, 'utf8')).toBe(V1);
  });

  test('a version 2 file stays as it is, comments and all', async () => {
    const file = await fileWith(V2);
    const host = await policy(['migrate', file, '--in-place', '--backup']);
    expect(host.exitCode).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(V2);
    expect(await readdir(join(file, '..'))).toEqual(['policy.yml']);
    expect((await policy(['migrate', '-'], V2)).out()).toBe(V2);
  });

  test('an invalid file is refused with every error and not touched', async () => {
    const file = await fileWith(BAD);
    const host = await policy(['migrate', file, '--in-place']);
    expect([host.exitCode, host.out()]).toEqual([1, '']);
    expect(host.err()).toContain('rules.0.decision: expected one of allow, review, deny');
    expect(await readFile(file, 'utf8')).toBe(BAD);
  });

  test.each(['--in-place', '--backup'])('%s with standard input is wrong usage', async (option) => {
    expect((await policy(['migrate', '-', option], V1)).exitCode).toBe(2);
  });
});
