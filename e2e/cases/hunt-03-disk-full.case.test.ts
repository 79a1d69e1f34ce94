import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mountSmallDisk } from '@aegis/testkit/small-disk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, get, post } from '../testkit/rest.ts';
import { type Stack, startStack } from '../testkit/stack.ts';

const disk = mountSmallDisk();
const name = disk ? 'a disk that was full for a moment' : 'skipped: no disk of its own can be mounted here';
const FULL = /^The disk of .*broker is full: nothing can be stored, so nothing is allowed\. Make room/;
let stack: Stack;

const ask = (tool = 'search.docs') =>
  enforce(stack.url, { tool, args: { long: 'x'.repeat(4_000) } }) as Promise<{
    status: number;
    body: Partial<{ status: string; code: string; detail: string }>;
  }>;
const health = async () => (await get(stack.url, '/health')).body as { parts?: Record<string, string[]> };
/** Writes until one can not be stored. */
const untilFull = () => expect.poll(async () => (await ask()).body.code).toBe('storage_unavailable');

describe.skipIf(!disk)(name, () => {
  beforeAll(async () => {
    stack = await startStack({
      dataDir: join(disk?.folder ?? '', 'data'),
      // What is in flight as it fills waits so long for its confirmation.
      env: { REQUEST_TIMEOUT_MS: '1500' },
    });
  });
  afterAll(async () => {
    await stack.stop();
    await disk?.unmount();
  });

  it('says so while it is: by each answer, and by health, where nobody asked yet, too', async () => {
    const asked = (await ask('crm.export_users')).body as { approval_id?: string };
    await disk?.fill();
    await expect.poll(async () => (await health()).parts?.['enforcer']?.[0]).toMatch(FULL);
    await untilFull();
    const refused = await ask();
    expect([refused.status, refused.body.detail]).toEqual([503, expect.stringMatching(FULL)]);
    const decided = await post(
      stack.url,
      `/approvals/${asked.approval_id}/approve`,
      {},
      { authorization: `Bearer ${stack.code}` },
    );
    expect([decided.status, decided.body['detail']]).toEqual([503, expect.stringMatching(FULL)]);
    expect((await post(stack.url, '/guard/check', { tool: 'search.docs' })).status).toBe(200);
    expect(stack.output()).toContain('is full: nothing can be stored');
  });

  it('is over when there is room: calls are decided, health is well, and the record has each once', async () => {
    await disk?.empty();
    await expect.poll(async () => (await ask()).body.status).toBe('allowed');
    await expect.poll(health).toEqual({ status: 'ok' });
    expect((await ask('crm.export_users')).body.status).toBe('pending');
  });

  it('is over each time, also where the server itself was refused its writes', async () => {
    const before = await natsPid();
    await disk?.fill();
    // What is sent before anybody looked at the disk is what the server trips over.
    await Promise.all(Array.from({ length: 20 }, () => ask()));
    await untilFull();
    await disk?.empty();
    await expect.poll(async () => (await ask()).body.status).toBe('allowed');
    expect(await natsPid()).not.toBe(before);
    await expect.poll(health).toEqual({ status: 'ok' });
    const seqs = (await allAudit(stack.url)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  it('ends a start, in words, and the next one with room has all that was there', async () => {
    const { dataDir } = stack;
    const before = (await allAudit(stack.url)).length;
    await stack.end();
    await disk?.fill();
    const start = () => startStack({ dataDir, env: { REQUEST_TIMEOUT_MS: '1500' } });
    await expect(start()).rejects.toThrow(
      /^the stack ended with 1: .*The disk of .* is full: nothing can be stored, so nothing was started\. Make room/s,
    );
    await disk?.empty();
    stack = await start();
    await expect.poll(async () => (await ask()).body.status).toBe('allowed');
    await expect.poll(health).toEqual({ status: 'ok' });
    expect((await allAudit(stack.url)).length).toBeGreaterThan(before);
  });
});

const natsPid = (): Promise<string> => readFile(join(stack.dataDir, 'broker/nats.pid'), 'utf8');
