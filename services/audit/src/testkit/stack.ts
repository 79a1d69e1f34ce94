import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import type { AuditLine } from '@aegis/contracts/audit';
import type { Envelope } from '@aegis/contracts/envelope';
import { fixtureOf, messageOf } from '@aegis/contracts/testing/fixtures';
import { AllowanceEnv } from '@aegis/kit/allowance';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import type { AuditConfig } from '../config.ts';
import { createAudit } from '../service.ts';

export const soon = (ms = 5_000): number => Date.now() + ms;

/** A folder of its own, with the paths of the two files. */
export async function makeFiles() {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-audit-'));
  const auditPath = join(folder, 'audit.jsonl');
  const approvalsPath = join(folder, 'approvals.jsonl');
  return { folder, auditPath, approvalsPath, remove: () => rm(folder, { recursive: true, force: true }) };
}
export type Files = Awaited<ReturnType<typeof makeFiles>>;

export async function linesOf(path: string): Promise<AuditLine[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditLine);
}

/** A server, and the identities that write to its log. */
export async function startStack() {
  const server = await startNatsServer();
  const [audit, enforcer, approvals, policy, gateway] = await Promise.all([
    connectTestBus(server, 'audit'),
    connectTestBus(server, 'enforcer'),
    connectTestBus(server, 'approvals'),
    connectTestBus(server, 'policy'),
    connectTestBus(server, 'gateway'),
  ]);
  const buses = { audit, enforcer, approvals, policy, gateway };
  return {
    server,
    ...buses,
    async stop() {
      await Promise.all(Object.values(buses).map((bus) => bus.close()));
      await server.stop();
    },
  };
}
export type Stack = Awaited<ReturnType<typeof startStack>>;

/** The audit service in this process. */
export const auditOn = (
  bus: Bus,
  server: TestNatsServer,
  files: Files,
  more: Partial<AuditConfig> = {},
): Service =>
  createAudit({
    bus,
    log: silentLog,
    now: () => new Date(),
    config: {
      ...AllowanceEnv.parse({}),
      DISK_WARNING_PERCENT: 100,
      LOG_SUBJECTS_WARNING: 1_000_000,
      NATS_URL: server.url,
      NATS_NKEY_FILE: undefined,
      LOG_LEVEL: 'silent',
      HEALTH_PORT: 0,
      HEALTH_HOST: '127.0.0.1',
      AUDIT_PATH: files.auditPath,
      APPROVALS_PATH: files.approvalsPath,
      ...more,
    },
  });

/** Stores an event as one with an id of its own, and gives that. */
async function store(
  { commit }: Bus,
  { subject, event }: { subject: string; event: Envelope },
): Promise<string> {
  const id = randomUUID();
  await commit({ subject, event: { ...event, id } }, soon(20_000));
  return id;
}

export function enforced(bus: Bus, tool = 'shell'): Promise<string> {
  const { data } = fixtureOf('aegis.decision.enforced.v1');
  const call = { ...data.call, tool };
  return store(bus, messageOf('aegis.decision.enforced.v1', { ...data, outcome: 'blocked', call }));
}

/** Each is an approval of its own. */
export function approvalAsked(bus: Bus): Promise<string> {
  const approval_id = `apr_${randomBytes(26).toString('hex').replaceAll(/\d/g, 'z').slice(0, 26)}`;
  const { approval } = fixtureOf('aegis.approval.requested.v1').data;
  return store(bus, messageOf('aegis.approval.requested.v1', { approval: { ...approval, approval_id } }));
}

/** One of everything that may be in the log. */
export async function oneOfEach({ enforcer, approvals, policy, audit }: Stack): Promise<void> {
  await enforced(enforcer);
  await approvalAsked(approvals);
  await store(enforcer, messageOf('aegis.idempotency.answered.v1'));
  await store(policy, messageOf('aegis.policy.published.v1'));
  await audit.link.nc.request('aegis.log.audit', 'this is no event', { timeout: 2_000 });
}
