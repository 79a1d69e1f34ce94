import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectAs, type Identity } from '@aegis/bus/law';
import { connectTestBus } from '@aegis/testkit/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit, enforce, get } from '../testkit/rest.ts';
import { startRuledStack } from '../testkit/ruled-stack.ts';
import type { Stack } from '../testkit/stack.ts';

const READERS: Identity[] = ['mcp', 'gateway', 'enforcer', 'audit', 'approvals'];
const POLICY = 'aegis.log.policy';
const AEGIS = join(import.meta.dirname, '../../cli/src/main.ts');
const run = promisify(execFile);

describe('a message on the subject of the policy that is no event', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startRuledStack({
      rules: [
        { match: 'ok.*', decision: 'allow' },
        { match: '*', decision: 'review' },
      ],
    });
  });
  afterAll(() => stack.stop());

  const broker = () => ({ url: stack.natsUrl, keysDir: stack.keysDir });
  const decides = async () => (await enforce(stack.url, { tool: 'ok.x' })).body;
  const health = async () => (await get(stack.url, '/health')).body;

  it.each(READERS)('is not put there by an answer to %s', async (identity) => {
    const before = (await allAudit(stack.url)).length;
    const nc = await connectAs(identity, broker());
    nc.publish('$JS.API.STREAM.INFO.AEGIS', '', { reply: POLICY });
    await nc.flush();
    await nc.close();
    expect(await decides()).toMatchObject({ allowed: true });
    expect((await allAudit(stack.url)).slice(before).map(({ action }) => action)).toEqual(['enforce']);
    expect(await health()).toMatchObject({ status: 'ok' });
  });

  it('stops nothing where it is there, health says where it is, and one command mends it', async () => {
    const policy = await connectTestBus(broker(), 'policy');
    const { seq } = await policy.append.text(POLICY, '{}', Date.now() + 5_000);
    await policy.close();
    await expect
      .poll(async () => JSON.stringify(await health()))
      .toContain(`sequence ${seq} on aegis.log.policy is no event of that subject`);
    expect(await decides()).toMatchObject({ allowed: true });
    const env = { ...process.env, AEGIS_DATA_DIR: stack.dataDir };
    const mended = await run(process.execPath, [AEGIS, 'broker', 'mend', POLICY], { env });
    expect(mended.stdout).toContain(`no event of aegis.log.policy, and passed over: ${seq}\n`);
    await expect.poll(health).toMatchObject({ status: 'ok' });
    expect(await decides()).toMatchObject({ allowed: true });
    const fact = (await allAudit(stack.url)).find(({ action }) => action === 'audit.mended');
    expect(fact).toMatchObject({ ok: true, principal: expect.stringMatching(/^os-user:/) });
  });
});
