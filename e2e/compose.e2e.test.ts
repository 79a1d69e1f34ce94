import { composeProblem } from '@aegis/testkit/docker';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardScenarios } from './scenarios/guard.ts';
import { type Deployment, prepareDeployment } from './testkit/compose.ts';
import { type AuditEntry, enforce, get, post } from './testkit/rest.ts';

const SERVICES = ['policy', 'enforcer', 'approvals', 'notifier', 'audit', 'gateway', 'mcp'];
const problem = await composeProblem();

let deployment: Deployment;
const code = 'a code for compose';
const url = (): string => deployment.url;
const check = () => post(url(), '/guard/check', { tool: 'search.docs' });
const health = async () => (await get(url(), '/health')).body;

/** Whether the call is allowed, as seen by so many questions that each replica was asked. */
async function verdicts(): Promise<Set<unknown>> {
  const all = await Promise.all(Array.from({ length: 24 }, check));
  return new Set(all.map(({ body }) => body['allowed']));
}

/** The audit file itself, line by line. */
async function auditFile(): Promise<AuditEntry[]> {
  const text = await deployment.compose('exec', '-T', 'audit', 'cat', '/data/audit/audit.jsonl');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AuditEntry);
}

/** When each container of the services but these was started. */
async function startTimes(except: readonly string[]): Promise<Record<string, string>> {
  const others = (await deployment.containers()).filter(({ service }) => !except.includes(service));
  return Object.fromEntries(others.map(({ name, startedAt }) => [name, startedAt]));
}

/** Every event is in the file, once and in order. */
async function expectWholeAuditFile(): Promise<void> {
  const entries = await auditFile();
  expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
  expect(new Set(entries.map((entry) => entry.event_id)).size).toBe(entries.length);
}

/** Calls at once, of which each is answered by one decision that the audit file has once. */
async function expectEachRecordedOnce(calls: number): Promise<void> {
  const numbers = Array.from({ length: calls }, (_, n) => n);
  const answers = await Promise.all(numbers.map((n) => enforce(url(), { tool: 'search.docs', args: { n } })));
  expect(answers.filter(({ status, body }) => status !== 200 || !body.allowed)).toEqual([]);
  await expect
    .poll(async () => {
      const enforced = (await auditFile()).filter((entry) => entry.action === 'enforce');
      return answers.filter(
        ({ body }) => enforced.filter((entry) => entry.trace_id === body.trace_id).length !== 1,
      );
    })
    .toEqual([]);
}

/** Runs a command in a container, and gives what it prints. */
const inside = (service: string, ...command: string[]) =>
  deployment.compose('exec', '-T', service, ...command);

/** Turns a promise into whether it held. */
const WHETHER = [() => true, () => false] as const;

/** The statuses of so many requests at once, each over a connection of its own. */
async function statuses(count: number): Promise<Set<number>> {
  const all = Array.from({ length: count }, () =>
    fetch(`${url()}/health`, { headers: { connection: 'close' } }),
  );
  return new Set((await Promise.all(all)).map(({ status }) => status));
}

describe.skipIf(problem !== undefined)(`docker compose ${problem ?? ''}`.trim(), () => {
  beforeAll(async () => {
    deployment = await prepareDeployment();
    await deployment.up();
  });
  afterAll(() => deployment?.remove());

  describe('without APPROVAL_CODE', () => {
    it('made no code, and a wrong one denies nothing', async () => {
      const { approval_id } = (await enforce(url(), { tool: 'crm.export_users' })).body;
      const sent = await post(url(), '/approvals/complete', { approval_id, approval_code: code });
      expect([sent.status, sent.body['code']]).toEqual([403, 'not_an_approver']);
      expect((await get(url(), `/approvals/${approval_id}`)).body['status']).toBe('pending');
      await expect(deployment.compose('exec', '-T', 'approvals', 'aegis', 'approve-here')).rejects.toThrow(
        'a person runs it in a terminal',
      );
    });

    it('a person in a terminal of the container makes a link, and whoever opens it approves', async () => {
      const said = await deployment.compose(
        'exec',
        '-T',
        'approvals',
        'sh',
        '-c',
        'echo yes | script -qec "aegis approve-here" /dev/null',
      );
      const [link = '', token = ''] =
        /http:\/\/127\.0\.0\.1:\d+\/ui\/first-approver#([\w-]{43})/.exec(said) ?? [];
      expect(link).toContain(`${url()}/ui/first-approver#`);
      const made = await post(url(), '/ui/api/first-approver', { token, name: 'ada' });
      expect(made).toMatchObject({ status: 200, body: { name: 'ada' } });
      const { approval_id } = (await enforce(url(), { tool: 'crm.export_users' })).body;
      const approved = await fetch(`${url()}/approvals/${approval_id}/approve`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${String(made.body['key'])}`,
          'content-type': 'application/json',
        },
        body: '{}',
      });
      expect(await approved.json()).toMatchObject({ status: 'approved', decided_by: 'ada' });
    });
  });

  describe('one container a service', () => {
    // Gateway and mcp get new containers with new addresses behind an edge that stays.
    beforeAll(() => deployment.up({}, { APPROVAL_CODE: code, ALLOWED_HOSTS: 'firewall.example' }));

    it('answers the first request at each port', async () => {
      const asked = [`${url()}/health`, deployment.mcpUrl].map(async (door) => (await fetch(door)).status);
      expect(await Promise.all(asked)).toEqual([200, 405]);
    });

    it('tells who connected apart, and takes nobody for the edge', async () => {
      const unreadable = "await fetch('http://127.0.0.1:8000/guard/check', { method: 'POST' })";
      await inside('edge', 'node', '--input-type=module', '--eval', unreadable);
      await enforce(url(), '{"tool":');
      const sources = async () => {
        const { body } = await get<{ entries: { note: string }[] }>(url(), '/audit?status=refused');
        const notes = body.entries.map(({ note }) => note).join(', ');
        return new Set(Array.from(notes.matchAll(/ of (\d[\d.]+)/g), ([, source]) => source));
      };
      await expect.poll(sources, { timeout: 60_000 }).toContain('127.0.0.1');
      await expect.poll(async () => (await sources()).size, { timeout: 60_000 }).toBeGreaterThan(1);
      const [edge] = (await inside('gateway', 'getent', 'hosts', 'edge')).split(' ');
      expect(await sources()).not.toContain(edge);
    });

    guardScenarios({ url, code: () => code });

    it('publishes the ports of REST and MCP, on loopback only', async () => {
      const published = (await deployment.containers()).flatMap((container) => container.published);
      const { port } = new URL(url());
      const { port: mcpPort } = new URL(deployment.mcpUrl);
      expect(published.toSorted()).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${mcpPort}`].toSorted());
    });

    it('gives a way out to who tells people elsewhere, and to no other service', async () => {
      const services = (await deployment.containers()).filter(({ service }) => SERVICES.includes(service));
      const withWayOut = services.filter(({ networks }) => networks.some((name) => name !== 'bus'));
      expect(withWayOut.map(({ service, networks }) => [service, networks.toSorted()])).toEqual([
        ['notifier', ['bus', 'outside']],
      ]);
    });

    it.each(SERVICES)('%s has its own key and no other, and can not change its image', async (service) => {
      const shell = (command: string) => inside(service, 'sh', '-c', command);
      expect((await shell('find /keys -name "*.nk"')).trim()).toBe(`/keys/${service}/${service}.nk`);
      expect((await shell('id -u')).trim()).toBe('10001');
      await expect(shell('touch /app/touched')).rejects.toThrow('Read-only file system');
    });

    it('lists the five tools to an MCP client over HTTP, and runs one', async () => {
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(new StreamableHTTPClientTransport(new URL(deployment.mcpUrl)));
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).toSorted()).toEqual([
        'audit_write',
        'firewall_enforce',
        'guard_check',
        'policy_get',
        'require_approval',
      ]);
      const { structuredContent } = await client.callTool({
        name: 'firewall_enforce',
        arguments: { tool: 'db.drop_table' },
      });
      expect(structuredContent).toMatchObject({ allowed: false, status: 'blocked' });
      await client.close();
    });

    it.each([
      ['is stopped', 'stop', 'start'],
      ['hangs', 'pause', 'unpause'],
    ])('allows nothing while policy %s, and is well again without a restart', async (_, away, back) => {
      const before = await startTimes(['policy']);
      await deployment.compose(away, 'policy');
      const askedAt = Date.now();
      expect(await check()).toMatchObject({ status: 503, body: { allowed: false } });
      expect(Date.now() - askedAt).toBeLessThan(2_000);
      expect(await enforce(url(), { tool: 'search.docs' })).toMatchObject({
        status: 503,
        body: { allowed: false },
      });
      expect(await health()).toMatchObject({ status: 'degraded' });
      await deployment.compose(back, 'policy');
      await expect.poll(health, { timeout: 30_000 }).toEqual({ status: 'ok' });
      expect((await enforce(url(), { tool: 'search.docs' })).body.allowed).toBe(true);
      expect(await startTimes(['policy'])).toEqual(before);
    });

    it('is well again after a restart of NATS, with all that was on record', async () => {
      const pending = (await enforce(url(), { tool: 'crm.export_users' })).body;
      const before = await startTimes(['nats']);
      await deployment.compose('restart', 'nats');
      await expect.poll(health, { timeout: 30_000 }).toEqual({ status: 'ok' });
      expect((await get(url(), `/approvals/${pending.approval_id}`)).body['status']).toBe('pending');
      expect(await startTimes(['nats'])).toEqual(before);
    });

    it('turns clients away while no gateway runs, and is not ready until one does', async () => {
      const edge = (await deployment.containers()).find(({ service }) => service === 'edge');
      const isReady = () =>
        deployment.compose('exec', '-T', 'edge', ...(edge?.healthcheck ?? [])).then(...WHETHER);
      await deployment.compose('stop', 'gateway');
      await expect(fetch(`${url()}/health`)).rejects.toThrow('fetch failed');
      expect(await isReady()).toBe(false);
      await deployment.compose('start', 'gateway');
      await expect.poll(isReady, { timeout: 60_000 }).toBe(true);
      await expect.poll(health, { timeout: 30_000 }).toEqual({ status: 'ok' });
    });

    it('has every event in the audit file, once', expectWholeAuditFile);
  });

  describe('several containers a service', () => {
    beforeAll(async () => {
      await deployment.up({ policy: 3, enforcer: 3, approvals: 2, gateway: 2, mcp: 2 });
    });

    it('runs as many as were asked for', async () => {
      const running = (await deployment.containers()).map(({ service }) => service);
      const count = (service: string) => running.filter((one) => one === service).length;
      expect(['policy', 'enforcer', 'approvals', 'gateway', 'mcp'].map(count)).toEqual([3, 3, 2, 2, 2]);
    });

    guardScenarios({ url, code: () => code });

    it('records each of many calls once', () => expectEachRecordedOnce(200));

    it('publishes a changed policy once, and all replicas go by it', async () => {
      const { digest } = (await get(url(), '/policy')).body;
      await deployment.savePolicy('version: 2\nrules:\n  - { match: "*", decision: deny }\n');
      await expect.poll(verdicts, { timeout: 20_000 }).toEqual(new Set([false]));
      const changed = (await get(url(), '/policy')).body['digest'];
      expect(changed).not.toBe(digest);
      const published = (await auditFile()).filter((entry) => entry.type === 'aegis.policy.published.v1');
      expect(published).toHaveLength(2);
    });

    it('has every event in the audit file, once', expectWholeAuditFile);

    it('answers every request while one of two gateways is gone', async () => {
      const gateways = (await deployment.containers()).filter(({ service }) => service === 'gateway');
      await deployment.kill(gateways[0]?.name ?? '');
      expect(await statuses(60)).toEqual(new Set([200]));
    });

    it('has replicas that come later behind the same address', async () => {
      await deployment.up({ policy: 3, enforcer: 3, approvals: 2, gateway: 3, mcp: 2 });
      const gateways = (await deployment.containers()).filter(({ service }) => service === 'gateway');
      await deployment.kill(gateways[0]?.name ?? '');
      await deployment.kill(gateways[1]?.name ?? '');
      expect(await statuses(20)).toEqual(new Set([200]));
    });
  });
});
