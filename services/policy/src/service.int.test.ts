import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { createEvent } from '@aegis/contracts/create-event';
import { policyCheck } from '@aegis/contracts/decision';
import { healthOf } from '@aegis/contracts/health';
import { policyMigrate, policyValidate } from '@aegis/contracts/policy';
import { POLICY_LOG } from '@aegis/contracts/subjects';
import { parseEnv } from '@aegis/kit/env';
import { newTraceId } from '@aegis/kit/trace';
import { type PolicyV2, policyDigest } from '@aegis/policy-engine';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PolicyEnv } from './config.ts';
import { createPolicy } from './service.ts';

const soon = () => ({ deadlineMs: Date.now() + 10_000 });
const v2 = (decision: string) => `version: 2\nrules:\n  - match: "*"\n    decision: ${decision}\n`;
const question = { tool: 'a.tool', principal: 'me', via: 'rest' } as const;

let server: TestNatsServer;
let folder: string;
let path: string;
let asker: Bus;
let audit: Bus;
const running: { service: Service; bus: Bus }[] = [];

beforeEach(async () => {
  server = await startNatsServer();
  folder = await mkdtemp(join(tmpdir(), 'aegis-policy-'));
  path = join(folder, 'policy.yml');
  [asker, audit] = await Promise.all([connectTestBus(server, 'gateway'), connectTestBus(server, 'audit')]);
});
afterEach(async () => {
  for (const { service, bus } of running.splice(0)) {
    await service.stop();
    await bus.close();
  }
  await Promise.all([asker.close(), audit.close()]);
  await server.stop();
  await rm(folder, { recursive: true });
});

async function startReplica(policyPath = path): Promise<void> {
  const bus = await connectTestBus(server, 'policy');
  const config = parseEnv(PolicyEnv, { POLICY_PATH: policyPath });
  const service = createPolicy({ bus, config, log: silentLog, now: () => new Date() });
  await service.start();
  running.push({ service, bus });
}
const decision = async () => (await asker.ask(policyCheck, question, soon())).decision;
const health = () => asker.ask(healthOf('policy'), {}, soon());
/** The types of all that is on the log, in order. */
async function logged(): Promise<string[]> {
  const types: string[] = [];
  for (let seq = 1; ; seq++) {
    const stored = await audit.read.at(seq, Date.now() + 1_000);
    if (!stored) return types;
    types.push(stored.event?.type.split('.')[2] ?? 'unreadable');
  }
}

describe('the policy service', () => {
  it('answers by the file, and by the changed file soon after it changed', async () => {
    await writeFile(path, v2('allow'));
    await startReplica();
    expect(await decision()).toBe('allow');
    await writeFile(path, v2('deny'));
    await expect.poll(decision, { timeout: 5_000 }).toBe('deny');
    const draft = join(folder, 'draft.yml');
    await writeFile(draft, v2('review'));
    await rename(draft, path);
    await expect.poll(decision, { timeout: 5_000 }).toBe('review');
    expect(await logged()).toEqual(['published', 'published', 'published']);
  });

  it('follows a symlink to another file, as a mounted configuration changes', async () => {
    const [first, second] = [join(folder, 'first.yml'), join(folder, 'second.yml')];
    await Promise.all([writeFile(first, v2('allow')), writeFile(second, v2('deny'))]);
    await symlink(first, path);
    await startReplica();
    const link = join(folder, 'link');
    await symlink(second, link);
    await rename(link, path);
    await expect.poll(decision, { timeout: 5_000 }).toBe('deny');
  });

  it.each([
    ['broken YAML', 'version: 2\nrules: [', /./],
    ['an empty file', '', /the policy is empty/],
    ['a comment', '# nothing', /the policy is empty/],
    ['{}', '{}', /the policy is empty/],
    ['no more than its version', 'version: 1', /the policy is empty/],
    ['an unknown decision', v2('perhaps'), /rules\.0\.decision: expected one of allow, review, deny/],
    ['an unknown field', `${v2('allow')}colour: red\n`, /colour: unknown field/],
    [
      'a rule that no call can meet',
      `${v2('allow')}  - { match: "db.{drop,delete}", decision: deny }\n`,
      /rules\.1\.match: matches no tool, resource or prompt/,
    ],
  ])(
    'keeps the last good policy in force when the file turns into %s, and says so',
    async (_what, text, why) => {
      await writeFile(path, v2('deny'));
      await startReplica();
      await writeFile(path, text);
      await expect.poll(async () => (await health()).status, { timeout: 5_000 }).toBe('degraded');
      const { problems } = await health();
      expect(problems[0]).toMatch(why);
      expect(problems[0]).toMatch(/the last good policy stays in force/);
      expect(await decision()).toBe('deny');
      await expect.poll(logged).toEqual(['published', 'rejected']);

      await writeFile(path, v2('review'));
      await expect.poll(decision, { timeout: 5_000 }).toBe('review');
      expect(await health()).toEqual({ status: 'ok', problems: [] });
    },
  );

  it('goes on with a rule that is off where it is in force already, says so, and refuses the next change with it', async () => {
    const off =
      'version: 2\nrules:\n  - { match: "!x.*", decision: deny }\n  - { match: "*", decision: deny }\n';
    const rules = [
      { match: '!x.*', decision: 'deny' },
      { match: '*', decision: 'deny' },
    ];
    const digest = policyDigest({ version: 2, rules } as PolicyV2);
    const writer = await connectTestBus(server, 'policy');
    const data = { policy: { version: 2, rules }, digest, version: 2, path, origin: 'file' } as const;
    const made = { source: 'policy', time: new Date().toISOString(), traceId: newTraceId() };
    const event = createEvent({ ...made, type: 'aegis.policy.published.v1', data });
    await writer.append.one({ subject: POLICY_LOG, event }, Date.now() + 5_000);
    await writer.close();
    await writeFile(path, off);
    await startReplica();
    const warning = expect.stringMatching(
      /policy\.yml: rules\.0\.match: matches no tool, resource or prompt; !/,
    );
    expect(await health()).toEqual({ status: 'ok', problems: [], warnings: [warning] });
    expect(await asker.ask(policyValidate, {}, soon())).toMatchObject({
      ok: true,
      notes: [expect.stringMatching(/^Warning: rules\.0\.match: /)],
    });
    expect(await asker.ask(policyValidate, { policy: data.policy }, soon())).toMatchObject({ ok: false });
    expect(await decision()).toBe('deny');
    await writeFile(path, `${off}  - { match: "db.*", decision: allow }\n`);
    await expect.poll(async () => (await health()).status, { timeout: 5_000 }).toBe('degraded');
    expect(await decision()).toBe('deny');
    expect(await logged()).toEqual(['published', 'rejected']);
  });

  it('allows nothing, and says that none is in force, where the first file is refused', async () => {
    await writeFile(path, v2('allow').replace('"*"', '"a|b"'));
    await startReplica();
    expect((await health()).problems.join()).toMatch(
      /rules\.0\.match: .*; no policy is in force, so no call is allowed/,
    );
    await expect(decision()).rejects.toThrow();
  });

  it('does not open the gate when the file goes away, now or before the next start', async () => {
    await writeFile(path, v2('deny'));
    await startReplica();
    await rm(path);
    await expect.poll(async () => (await health()).problems[0], { timeout: 5_000 }).toMatch(/is missing/);
    expect(await decision()).toBe('deny');
    await startReplica();
    expect(await decision()).toBe('deny');
  });

  it.each([
    ['there never was a file', undefined],
    ['the first file is empty', ''],
    ['the first file is {}', '{}'],
  ])('asks a person about every call where %s, until somebody writes a policy', async (_what, text) => {
    if (text !== undefined) await writeFile(path, text);
    await startReplica();
    const check = () => asker.ask(policyCheck, question, soon());
    expect(await check()).toMatchObject({
      decision: 'review',
      reasons: ["Rule 0 requires review of '*': no policy was written yet"],
    });
    expect(await asker.ask(policyCheck, { ...question, tool: 'resource:file:///x' }, soon())).toMatchObject({
      decision: 'review',
    });
    expect((await health()).status).toBe('ok');
    await writeFile(path, v2('allow'));
    await expect.poll(decision, { timeout: 5_000 }).toBe('allow');
    expect(await logged()).toEqual(['published', 'published']);
  });

  it('keeps what a version before put on record where nobody wrote a policy', async () => {
    const writer = await connectTestBus(server, 'policy');
    const policy = { max_refund_cents: 0, max_payment_link_cents: 0, allow_tools: ['*'], deny_tools: [] };
    const data = {
      policy,
      digest: `sha256:${'0'.repeat(64)}`,
      version: 1,
      path,
      origin: 'defaults',
    } as const;
    const made = { source: 'policy', time: new Date().toISOString(), traceId: newTraceId() };
    const event = createEvent({ ...made, type: 'aegis.policy.published.v1', data });
    await writer.append.one({ subject: POLICY_LOG, event }, Date.now() + 5_000);
    await writer.close();
    await startReplica();
    expect(await decision()).toBe('allow');
    expect(await logged()).toEqual(['published']);
  });

  it('records a change once, however many replicas read it', async () => {
    await writeFile(path, v2('allow'));
    await Promise.all([startReplica(), startReplica(), startReplica()]);
    await writeFile(path, v2('deny'));
    await expect
      .poll(async () => new Set(await Promise.all(Array.from({ length: 12 }, decision))), { timeout: 5_000 })
      .toEqual(new Set(['deny']));
    await writeFile(path, 'nonsense: [');
    await expect.poll(logged, { timeout: 5_000 }).toEqual(['published', 'published', 'rejected']);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await logged()).toEqual(['published', 'published', 'rejected']);
  });

  it('refuses to answer from before an outage until it has caught up', async () => {
    await writeFile(path, v2('allow'));
    await startReplica();
    await server.restart();
    await expect.poll(() => decision().catch(() => 'no answer'), { timeout: 10_000 }).toBe('allow');
    await writeFile(path, v2('deny'));
    await expect.poll(() => decision().catch(() => 'no answer'), { timeout: 10_000 }).toBe('deny');
  });

  it('goes on with the last policy where a message on its subject is no event, says so, and takes the next', async () => {
    await writeFile(path, v2('deny'));
    await startReplica();
    const writer = running[0]?.bus;
    writer?.live.publish('aegis.log.policy', '{"not":"an event"}');
    await expect
      .poll(async () => (await health()).problems.join())
      .toMatch(/sequence 2 on aegis\.log\.policy is no event of that subject/);
    expect(await decision()).toBe('deny');
    await writeFile(path, v2('allow'));
    await expect.poll(decision, { timeout: 5_000 }).toBe('allow');
    expect(await health()).toEqual({ status: 'ok', problems: [] });
  });

  it('validates and migrates documents, and names what is wrong', async () => {
    await writeFile(path, 'deny_tools: ["db.*"]\n');
    await startReplica();
    const validate = (policy: unknown) => asker.ask(policyValidate, { policy }, soon());
    expect(await validate({ version: 2, rules: [{ match: '*', decision: 'maybe' }] })).toMatchObject({
      ok: false,
      errors: ['rules.0.decision: expected one of allow, review, deny'],
    });
    const loose = { match: '*', decision: 'allow', when: { 'args.cmd': { starts_with: 'git ' } } };
    expect(await validate({ version: 2, rules: [loose] })).toMatchObject({
      ok: true,
      notes: [
        expect.stringMatching(/^Warning: rules\.0\.when\."args\.cmd"\.starts_with: .*list whole commands/),
      ],
    });
    const v1 = await validate({ deny_tools: ['db.*'] });
    expect(v1).toMatchObject({ ok: true, version: 2, migrated: true });
    expect(v1.notes.length).toBeGreaterThan(0);
    expect(await asker.ask(policyValidate, {}, soon())).toMatchObject({ ok: true, migrated: true });
    const migrated = await asker.ask(policyMigrate, { policy: { deny_tools: ['db.*'] } }, soon());
    expect(migrated.policy).toMatchObject({
      version: 2,
      rules: [{ match: 'db.*', decision: 'deny' }, {}, {}],
    });
  });
});
