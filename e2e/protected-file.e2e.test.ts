import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectV1 } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reference } from './testkit/firewall/wrapped.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FIXTURE = fileURLToPath(new URL('./fixtures/protected-client.json', import.meta.url));
const LAUNCHER = join(ROOT, 'cli/bin/aegis.js');

type Entry = { command: string; args: string[]; env: Record<string, string> };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aegis-protected-'));
  await writeFile(
    join(folder, 'policy.yml'),
    'version: 2\nrules:\n  - { match: everything.echo, decision: allow }\n',
  );
});
afterAll(async () => {
  const env = { ...process.env, AEGIS_DATA_DIR: join(folder, 'data') };
  await promisify(execFile)(process.execPath, [LAUNCHER, 'down'], { env });
  await rm(folder, { recursive: true, force: true });
});

/** The entry as `aegis protect` wrote it before wrapped servers were relays, with the paths of this machine. */
async function entryOfBefore(): Promise<Entry> {
  const { command, args } = reference('server-everything', []);
  const text = (await readFile(FIXTURE, 'utf8'))
    .replaceAll('@ROOT@/', ROOT)
    .replaceAll('@HOME@', folder)
    .replaceAll('"@COMMAND@"', JSON.stringify(command))
    .replaceAll('"@ARGS@"', args.map((one) => JSON.stringify(one)).join(', '));
  const { mcpServers } = JSON.parse(text) as { mcpServers: Record<string, Entry> };
  return mcpServers['everything'] as Entry;
}

it('a client’s file that was protected before starts its server, and the firewall where none runs', async () => {
  const { command, args, env } = await entryOfBefore();
  const { PATH = '', HOME = '' } = process.env;
  const client = await connectV1({ url: '', command, args, env: { PATH, HOME, ...env } }, 'stdio');
  expect(await client.list()).toContain('echo');
  const { content } = await client.call('echo', { message: 'still here' });
  expect(content[0]?.text).toBe('Echo: still here');
  await client.close();
  const stack = JSON.parse(await readFile(join(folder, 'data', 'stack.json'), 'utf8')) as { pid: number };
  expect(process.kill(stack.pid, 0)).toBe(true);
});
