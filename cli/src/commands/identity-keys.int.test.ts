import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../local/doctor/finding.ts';
import { backgroundHome } from '../testkit/background.ts';
import { runAegis } from '../testkit/spawn-aegis.ts';

const POLICY = 'version: 2\nrules:\n  - { match: "*", principals: ["key:billing"], decision: allow }\n';
const KEY = /^aegis_[0-9A-Za-z]{49}\n$/;

test('an agent gets a name and a key; from then on REST asks for one, until it is revoked; all of it is on record', async () => {
  const home = await backgroundHome(POLICY);
  onTestFinished(() => home.remove());
  await runAegis(['wrap', '--name', 'srv', '--', 'cat'], { env: home.env });
  // In a checkout it would be the checkout's own.
  const MCP_SERVERS = join(home.dataDir, 'mcp-servers.json');
  const aegis = (args: string[], key?: string) =>
    runAegis(args, { env: { ...home.env, MCP_SERVERS, ...(key === undefined ? {} : { AEGIS_KEY: key }) } });

  const callers = async (): Promise<unknown> => {
    const { findings } = JSON.parse((await aegis(['doctor', '--json'])).stdout) as { findings: Finding[] };
    return findings.find(({ name }) => name === 'callers');
  };
  const nobodyIsAsked = 'Nobody is asked for a name, over REST or at /mcp, while no agent has a key: "';
  await expect.poll(() => home.log(), { timeout: 30_000 }).toContain(nobodyIsAsked);
  expect((await aegis(['status'])).stdout).toContain(nobodyIsAsked);
  expect(await callers()).toMatchObject({
    level: 'warn',
    message: 'nobody is asked for a name, over REST or at /mcp',
    mend: expect.stringContaining('keys create --name NAME') as string,
  });
  const web = join(home.dataDir, 'client.json');
  await writeFile(web, '{"mcpServers":{"web":{"url":"https://w.example/mcp"}}}');
  expect((await aegis(['protect', web])).stdout).toContain('its client is anonymous to rules and on record');

  expect((await aegis(['check', 'a.tool'])).stdout).toContain('review');
  const made = await aegis(['keys', 'create', '--name', 'billing', '--role', 'agent', '--expires', '90d']);
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(KEY)]);
  expect(made.stderr).toContain('from now on calls over REST and MCP over HTTP need one');
  const key = made.stdout.trim();
  expect((await aegis(['check', 'a.tool'], key)).stdout).toContain('allowed');
  const nobody = await aegis(['check', 'a.tool']);
  expect([nobody.code, nobody.stderr]).toEqual([
    1,
    expect.stringContaining('A key is needed here') as string,
  ]);

  expect((await aegis(['status'])).stdout).not.toContain('is asked for a name');
  expect(await callers()).toMatchObject({ level: 'ok', message: 'agents are asked for a key' });
  expect((await aegis(['protect', web])).stdout).toContain('its client needs a key from now on');

  const alike = await aegis(['keys', 'create', '--name', 'Bi11ing']);
  expect([alike.code, alike.stderr]).toEqual([1, expect.stringContaining('looks like billing') as string]);
  await aegis(['keys', 'add', 'laptop']);
  const inFile = await aegis(['keys', 'create', '--name', 'Laptop']);
  expect([inFile.code, inFile.stderr]).toEqual([
    1,
    expect.stringContaining('has a key of the name laptop') as string,
  ]);

  const onLog = await aegis(['keys', 'add', 'Billing']);
  expect([onLog.code, onLog.stderr]).toEqual([
    1,
    expect.stringContaining('billing is on the log already') as string,
  ]);

  const rotated = await aegis(['keys', 'rotate', 'billing', '--overlap', '10m', '--json']);
  const second = JSON.parse(rotated.stdout) as { key: string; principal: string };
  expect(second.principal).toBe('key:billing');
  for (const one of [key, second.key])
    expect((await aegis(['check', 'a.tool'], one)).stdout).toContain('allowed');
  const listed = (await aegis(['keys', 'list'])).stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[0]);
  expect(listed).toEqual(['laptop', 'billing', 'billing']);

  await aegis(['keys', 'revoke', 'billing']);
  for (const one of [key, second.key]) {
    const refused = await aegis(['check', 'a.tool'], one);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('was revoked') as string]);
  }
  expect((await aegis(['keys', 'show', 'billing'])).stdout).toMatch(/\trevoked\n.*\trevoked\n/);
  expect((await aegis(['keys', 'remove', 'billing'])).stdout).toBe('The key billing is no longer good.\n');
  expect((await aegis(['keys', 'show', 'billing'])).stderr).toContain('There is nobody of the name billing');

  const person = await aegis([
    'keys',
    'create',
    '--name',
    'ada',
    '--role',
    'approver',
    '--role',
    'admin',
    '--json',
  ]);
  expect(JSON.parse(person.stdout)).toMatchObject({ name: 'ada', roles: ['approver', 'admin'] });
  const roles = await aegis(['identities', 'roles', 'ada', '--add', 'finance', '--drop', 'approver']);
  expect([roles.code, roles.stdout]).toEqual([0, 'ada has the role admin, finance.\n']);
  expect((await aegis(['identities', 'show', 'ada'])).stdout).toBe(
    'ada\tperson\tadmin\tadmin finance\t\t1 good\n',
  );
  for (const args of [
    ['identities', 'roles', 'ada', '--drop', 'admin'],
    ['keys', 'revoke', 'ada'],
    ['keys', 'remove', 'ada'],
  ]) {
    const last = await aegis(args);
    expect([last.code, last.stderr]).toEqual([1, expect.stringContaining('ada is the only admin') as string]);
  }
  const recovered = await aegis(['identities', 'recover', 'bob']);
  expect([recovered.code, recovered.stdout]).toEqual([0, expect.stringMatching(KEY)]);
  expect((await aegis(['identities', 'list'])).stdout).toContain('bob\tperson\tapprover admin\t');
  expect((await aegis(['identities', 'roles', 'ada', '--drop', 'admin'])).code).toBe(0);

  const { stdout } = await aegis(['audit', 'query', '--limit', '30', '--json']);
  const entries = (JSON.parse(stdout) as { entries: { action: string; principal?: string }[] }).entries;
  const by = entries.filter(({ action }) => action.startsWith('identity.'));
  expect(by.map(({ action }) => action)).toEqual([
    'identity.roles_changed',
    'identity.recovered',
    'identity.roles_changed',
    'identity.created',
    'identity.removed',
    'identity.key_revoked',
    'identity.key_added',
    'identity.created',
  ]);
  for (const { principal } of by) expect(principal).toMatch(/^os-user:/);
  expect(`${stdout}${await home.log()}`).not.toContain(key.slice(6));

  // Put into the file while nothing ran that could have refused it: one caller, and both ways end.
  const keysFile = join(home.dataDir, 'mcp-keys.json');
  const { keys } = JSON.parse(await readFile(keysFile, 'utf8')) as { keys: Record<string, string> };
  const both = await aegis(['keys', 'create', '--name', 'both']);
  await writeFile(keysFile, JSON.stringify({ keys: { ...keys, both: keys['laptop'] } }));
  await aegis(['keys', 'remove', 'both']);
  expect((await aegis(['keys', 'list'])).stdout).not.toContain('both');
  expect((await aegis(['check', 'a.tool'], both.stdout.trim())).stderr).toContain('was revoked');
}, 180_000);
