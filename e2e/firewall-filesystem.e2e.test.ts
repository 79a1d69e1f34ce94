import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from '@aegis/testkit/browser';
import { type AnyClient, connectV1 } from '@aegis/testkit/mcp-clients';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve } from './testkit/console/deciding.ts';
import { reference, wrappedBy } from './testkit/firewall/wrapped.ts';
import { allAudit, get } from './testkit/rest.ts';
import { type Stack, startStack } from './testkit/stack.ts';
import { openRawClient, type RawClient } from './testkit/transcript/raw-client.ts';

const policyFor = (root: string) => `version: 2
rules:
  - match: "resource:*"
    decision: deny
    description: Files are read by tools, whose paths are checked
  - match: "filesystem.write_file"
    decision: deny
    when:
      not:
        args.path: { path_within: "${root}/inbox" }
  - match: "filesystem.write_file"
    decision: allow
  - match: "filesystem.read_*"
    decision: allow
  - match: "filesystem.move_file"
    decision: review
`;

let root: string;
let stack: Stack;
let browser: Browser;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'aegis-files-')));
  for (const folder of ['inbox', 'inbox-not', 'done']) await mkdir(join(root, folder));
  await writeFile(join(root, 'inbox', 'letter.txt'), 'Dear reader');
  await writeFile(join(root, 'secret.txt'), 'as it was');
  const policy = join(root, 'policy.yml');
  await writeFile(policy, policyFor(root));
  [stack, browser] = await Promise.all([startStack({ env: { POLICY_PATH: policy } }), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
  await rm(root, { recursive: true, force: true });
});

const behindTheFirewall = () =>
  wrappedBy(stack, { name: 'filesystem', ...reference('server-filesystem', [root]) });

describe('the reference file server behind the firewall', () => {
  let client: AnyClient;
  beforeAll(async () => {
    client = await connectV1(behindTheFirewall(), 'stdio');
  });
  afterAll(() => client.close());

  it('reads where a rule allows it', async () => {
    const { content } = await client.call('read_text_file', { path: join(root, 'inbox', 'letter.txt') });
    expect(content[0]?.text).toBe('Dear reader');
  });

  it('writes inside the folder, and in no spelling outside it', async () => {
    const inside = await client.call('write_file', { path: `${root}/inbox/new.txt`, content: 'new' });
    expect(inside.isError ?? false).toBe(false);
    expect(await readFile(join(root, 'inbox', 'new.txt'), 'utf8')).toBe('new');
    const outside = [
      `${root}/secret.txt`,
      `${root}/inbox/../secret.txt`,
      `${root}/inbox/./../secret.txt`,
      `${root}//inbox//..//secret.txt`,
      `${root}/inbox/%2e%2e/secret.txt`,
      `${root}/inbox/..%2fsecret.txt`,
      `${root}/inbox-not/secret.txt`,
      'secret.txt',
      '../secret.txt',
      `file://${root}/secret.txt`,
      `${root}/inbox/..\\secret.txt`,
    ];
    for (const path of outside) {
      const { isError, content } = await client.call('write_file', { path, content: 'overwritten' });
      expect([path, isError]).toEqual([path, true]);
      expect(content[0]?.text).toContain("'filesystem.write_file'");
    }
    expect(await readFile(join(root, 'secret.txt'), 'utf8')).toBe('as it was');
    const blocked = (await allAudit(stack.url)).filter(({ status }) => status === 'blocked');
    expect(blocked).toHaveLength(outside.length);
  });

  it('moves a file once a person approved it in the browser, and once only', async () => {
    const move = { source: `${root}/inbox/letter.txt`, destination: `${root}/done/letter.txt` };
    const moving = client.call('move_file', move);
    await expect
      .poll(async () => {
        const { body } = await get<{ approvals: unknown[] }>(stack.url, '/approvals?status=pending');
        return body.approvals.length;
      })
      .toBe(1);
    expect(await readFile(join(root, 'inbox', 'letter.txt'), 'utf8')).toBe('Dear reader');

    const page = await browser.newPage();
    await page.goto(`${stack.url}/ui/approvals`);
    await page.getByLabel('Code').fill(stack.code);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'filesystem.move_file' }).click();
    await approve(page);
    const { isError } = await moving;
    expect(isError ?? false).toBe(false);
    expect(await readFile(join(root, 'done', 'letter.txt'), 'utf8')).toBe('Dear reader');

    const times = async (action: string): Promise<number> =>
      (await allAudit(stack.url)).filter(
        (one) => one.tool === 'filesystem.move_file' && one.action === action,
      ).length;
    await expect.poll(() => times('call.succeeded')).toBe(1);
    expect(await times('approval.consumed')).toBe(1);
  });
});

describe("the file server's other doors", () => {
  let raw: RawClient;
  beforeAll(() => {
    const { command, args, env } = behindTheFirewall();
    raw = openRawClient({ command, args, env }, () => undefined);
    const clientInfo = { name: 'raw', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    raw.write(JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }));
  });
  afterAll(() => raw.close());

  it('are shut by a rule on resources, whatever the address looks like', async () => {
    for (const [index, uri] of [
      `file://${root}/secret.txt`,
      `FILE:///${root}/inbox/../secret.txt`,
      `file://localhost${root}/%73ecret.txt`,
      'anything:else',
    ].entries()) {
      const id = index + 1;
      raw.write(JSON.stringify({ jsonrpc: '2.0', id, method: 'resources/read', params: { uri } }));
      await raw.until(0, uri, (line) => line.includes(`"id":${id},`) && line.includes('"error"'));
      expect(raw.lines.at(-1)).toContain('resource');
    }
  });
});
