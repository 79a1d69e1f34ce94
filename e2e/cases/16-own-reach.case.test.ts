import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnyClient, connectV1 } from '@aegis/testkit/mcp-clients';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrappedBy } from '../testkit/firewall/wrapped.ts';
import { allAudit, enforce, get, post } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import { CODE, type Stack } from '../testkit/stack.ts';

const SERVER = fileURLToPath(new URL('../testkit/firewall/reaching-server.ts', import.meta.url));
const TOOLS = { command: process.execPath, args: [SERVER] };

describe.each(['wrapped', 'behind /mcp/tools'])('an agent with a file server and a fetch tool, %s', (way) => {
  let stack: Stack;
  let client: AnyClient;
  let folder: string;
  let elsewhere: Server;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aegis-case-16-'));
    const rules = [
      { match: 'tools.pay', decision: 'review' },
      { match: '*', decision: 'allow' },
    ];
    stack = await startRuledStack({ rules, mcpServers: { tools: { ...TOOLS, aegis: { hold: '0s' } } } });
    await writeFile(join(stack.dataDir, 'approval-code'), CODE);
    await writeFile(join(folder, 'notes.txt'), 'notes');
    elsewhere = createServer((_, response) => response.end('elsewhere')).listen(0, '127.0.0.1');
    const wrapped = wrappedBy(stack, { name: 'tools', ...TOOLS, options: ['--hold', '0s'] });
    client =
      way === 'wrapped'
        ? await connectV1(wrapped, 'stdio')
        : await connectV1({ ...wrapped, url: `${stack.mcpUrl}/tools` }, 'http');
  });
  afterAll(async () => {
    await client.close();
    await stack.stop();
    elsewhere.close();
    await rm(folder, { recursive: true, force: true });
  });

  const says = async (name: string, args: Record<string, unknown>): Promise<string> =>
    JSON.stringify(await client.call(name, args));

  it('does not read the code, in no spelling', async () => {
    const code = join(stack.dataDir, 'approval-code');
    for (const path of [
      code,
      `${stack.dataDir}/../${basename(stack.dataDir)}//./approval-code`,
      `file://${code.replace('approval', '%61pproval')}`,
      `/proc/self/root${code}`,
      stack.policyPath,
      relative(process.cwd(), stack.policyPath),
      fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url)),
    ]) {
      const said = await says('read_file', { path });
      expect([path, said]).toEqual([path, expect.stringContaining('built-in own-reach: ')]);
      expect(said).not.toContain(CODE);
    }
  });

  it('does not approve its own call, at no address of the firewall', async () => {
    const [approvalId = ''] = /apr_[a-z2-7]{26}/.exec(await says('pay', { amount: 1_000_000 })) ?? [];
    const body = JSON.stringify({ approval_id: approvalId, approval_code: CODE });
    const { port } = new URL(stack.url);
    for (const url of [
      `${stack.url}/approvals/complete`,
      `http://localhost:${port}/approvals/complete`,
      `http://[::ffff:127.0.0.1]:${port}/approvals/complete`,
      `http://2130706433:${port}/approvals/complete`,
      stack.mcpUrl,
      stack.natsUrl.replace('nats:', 'http:'),
    ]) {
      expect([url, await says('fetch', { url, body })]).toEqual([
        url,
        expect.stringContaining('which no rule and no approval opens'),
      ]);
    }
    expect(await says('pay', { amount: 1_000_000 })).not.toContain('PAID');
    expect((await get(stack.url, `/approvals/${approvalId}`)).body).toMatchObject({ status: 'pending' });
  });

  it('has it on record, and hears the same where it asks over REST', async () => {
    const denied = (await allAudit(stack.url)).filter((entry) => JSON.stringify(entry).includes('own-reach'));
    expect(denied.length).toBeGreaterThan(0);
    expect(denied.map(({ status }) => status)).toEqual(denied.map(() => 'blocked'));
    const args = { path: join(stack.dataDir, 'stack.json') };
    const asked = await enforce(stack.url, { tool: 'tools.read_file', args });
    expect(asked.body).toMatchObject({ status: 'blocked', allowed: false, approval_required: false });
    expect(asked.body.reasons).toEqual([expect.stringContaining('built-in own-reach')]);
    const op = `${stack.url}/approvals/complete`;
    const checked = await post(stack.url, '/guard/check', { tool: 'tools.read_file', op });
    expect(checked.body['reasons']).toEqual([expect.stringContaining('built-in own-reach')]);
  });

  it('goes on to work with everything else', async () => {
    expect(await says('read_file', { path: join(folder, 'notes.txt') })).toContain('notes');
    const { port } = elsewhere.address() as AddressInfo;
    expect(await says('fetch', { url: `http://127.0.0.1:${port}/`, body: '' })).toContain('elsewhere');
  });
});
