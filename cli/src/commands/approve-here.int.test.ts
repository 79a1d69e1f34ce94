import { rm, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../run.ts';
import { type BackgroundHome, backgroundHome } from '../testkit/background.ts';
import { fakeHost } from '../testkit/fake-host.ts';
import { runAegis } from '../testkit/spawn-aegis.ts';
import { runningStack } from '../testkit/stack.ts';
import { temporaryDirectory } from '../testkit/temporary-directory.ts';

const POLICY = 'version: 2\nrules: []\n';
const LINK = /(http:\/\/127\.0\.0\.1:\d+)\/ui\/first-approver#([\w-]{43})\n$/;

/** A firewall that a wrapped server started in the background: it has no code. */
async function background(): Promise<BackgroundHome> {
  const home = await backgroundHome(POLICY);
  onTestFinished(() => home.remove());
  await runAegis(['wrap', '--name', 'srv', '--', 'cat'], { env: home.env });
  return home;
}

/** A person at a terminal who types this. */
async function atTerminal(env: BackgroundHome['env'], typed: string) {
  const host = fakeHost({ env, terminal: true });
  host.stdin.end(`${typed}\n`);
  await run(host, ['approve-here']);
  return host;
}

const WARNING = 'warn  approvers: nobody can approve yet';

/** What status and doctor say. */
async function seenBy({ env }: BackgroundHome): Promise<string[]> {
  const said = await Promise.all([runAegis(['status'], { env }), runAegis(['doctor'], { env })]);
  return said.map(({ stdout }) => stdout);
}

const become = (url: string, token: string) =>
  fetch(`${url}/ui/api/first-approver`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, name: 'ada' }),
  });

test('the link makes an approver, once, who decides by a key of their own; then the command says who to ask', async () => {
  const home = await background();
  const [status, doctor] = await seenBy(home);
  expect(status).toContain('Nobody can approve yet');
  expect(doctor).toContain(WARNING);
  const host = await atTerminal(home.env, 'yes');
  expect([host.exitCode, host.err()]).toEqual([0, expect.stringContaining('Type "yes"') as string]);
  const [, url = '', token = ''] = LINK.exec(host.out()) ?? [];
  const opened = await become(url, token);
  const { key } = (await opened.json()) as { key: string };
  expect((await become(url, token)).status).toBe(401);
  await runAegis(['enforce', 'a.tool', '--dry-run-id', 'k'], { env: home.env });
  const approved = await runAegis(['approvals', 'approve', 'k', '--key', key], { env: home.env });
  expect(approved.stdout).toMatch(/^approved by ada /);
  const { stdout } = await runAegis(['audit', 'query', '--limit', '20'], { env: home.env });
  expect(stdout).toMatch(
    /ada became an approver by approve-here, with the role admin; os-user:\S+ made the link/,
  );
  expect((await seenBy(home)).join('')).not.toMatch(/nobody can approve/i);
  const again = await atTerminal(home.env, 'yes');
  expect([again.exitCode, again.out()]).toEqual([1, '']);
  expect(again.err()).not.toContain('Type "yes"');
  expect(again.err()).toContain('ada is an admin already; "aegis identities recover" makes one');
  expect(await home.log()).not.toContain(token);
});

test('without a terminal there is no link, whatever is piped in', async () => {
  const home = await background();
  const { code, stdout, stderr } = await runAegis(['approve-here'], { env: home.env, stdin: 'yes\n' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('a person runs it in a terminal');
});

test('there is no link where anything but yes is typed', async () => {
  const home = await background();
  for (const typed of ['no', '', 'y']) {
    const host = await atTerminal(home.env, typed);
    expect([host.exitCode, host.out()]).toEqual([1, '']);
    expect(host.err()).toContain('No link was made');
  }
});

test('where only the code approves, there is no admin yet, so a link is made', async () => {
  const home = await backgroundHome(POLICY);
  onTestFinished(() => home.remove());
  await runAegis(['wrap', '--name', 'srv', '--', 'cat'], {
    env: { ...home.env, APPROVAL_CODE: 'chosen-code' },
  });
  const host = await atTerminal(home.env, 'yes');
  expect([host.exitCode, host.out()]).toEqual([0, expect.stringMatching(LINK) as string]);
  expect(host.err()).toContain('Type "yes"');
});

test('a firewall of an earlier version is a sentence, and nobody is asked', async () => {
  const dataDir = await temporaryDirectory();
  await runningStack(dataDir);
  const host = await atTerminal({ AEGIS_DATA_DIR: dataDir }, 'yes');
  expect([host.exitCode, host.out()]).toEqual([1, '']);
  expect(host.err()).toContain('is of an earlier version, which does not speak to this one: stop it with');
  expect(host.err()).not.toContain('Type "yes"');
});

test('where no firewall runs it says so', async () => {
  const host = await atTerminal({ AEGIS_DATA_DIR: await temporaryDirectory() }, 'yes');
  expect([host.exitCode, host.err()]).toEqual([
    1,
    expect.stringContaining('No AegisMCP runs from') as string,
  ]);
});

test('there is no link where nothing says where the console is', async () => {
  const env = { NATS_URL: 'nats://127.0.0.1:1', NATS_NKEY_FILE: '/none.nk' };
  const host = fakeHost({ env, terminal: true });
  await run(host, ['approve-here']);
  expect([host.exitCode, host.out()]).toEqual([2, '']);
  expect(host.err()).toContain('CONSOLE_URL is not set');
});

test('a bad approvers file is named, with why and what to do, and nobody is asked for a yes', async () => {
  const home = await background();
  const path = `${home.env['AEGIS_DATA_DIR']}/approvers.json`;
  await writeFile(path, '{');
  const why = `the approvers file ${path} was refused (it is not valid JSON); nobody in it is known, and it is read again at the next start`;
  await expect
    .poll(async () => (await seenBy(home))[0], { timeout: 20_000 })
    .toContain(`Nobody can approve: ${why}. Mend it, or move it away and in a terminal: `);
  const [, doctor] = await seenBy(home);
  expect(doctor).toContain(`fail  approvers: nobody can approve: ${why}`);
  const host = await atTerminal(home.env, 'yes');
  expect([host.exitCode, host.err()]).toEqual([1, expect.stringContaining(why) as string]);
  expect(host.err()).not.toContain('Type "yes"');
  await rm(path);
  const after = await atTerminal(home.env, 'yes');
  expect([after.exitCode, after.err()]).toEqual([0, expect.stringContaining('Type "yes"') as string]);
});
