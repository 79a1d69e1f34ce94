import type { Bus } from '@aegis/bus';
import { createEvent } from '@aegis/contracts/create-event';
import type { Envelope } from '@aegis/contracts/envelope';
import { POLICY_LOG, toolAcceptedLog } from '@aegis/contracts/subjects';
import { AllowanceEnv, createAllowance, createLimiter } from '@aegis/kit/allowance';
import { newTraceId } from '@aegis/kit/trace';
import { compileOwn, compilePolicy, type PolicyV2, policyDigest } from '@aegis/policy-engine';
import { definitionDigest } from '@aegis/replicas/tools';
import { connectTestBus, silentLog } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { afterEach, beforeEach } from 'vitest';
import type { Gate, GateOptions } from '../api.ts';
import { createFirewall, type Firewall, type FirewallDeps } from '../firewall.ts';
import { type People, startPeople } from './people.ts';
import { createUpstream, type Upstream } from './upstream.ts';

export const ALLOW_ALL: PolicyV2 = { version: 2, rules: [{ match: '*', decision: 'allow' }] };
export const CONSOLE = 'http://127.0.0.1:8000';

/** A firewall of its own, whose files and addresses no test of something else comes near. */
export const OWN = compileOwn({
  paths: [
    { path: '/var/lib/aegismcp', what: 'the data directory of the firewall', tells: ['approval-code'] },
    { path: '/srv/etc/own-rules.yml', what: 'the policy file' },
  ],
  addresses: [{ host: 'here', port: 8000, what: 'the gateway of the firewall' }],
  hosts: [],
  variables: {},
  bases: [],
});

export type World = {
  server: TestNatsServer;
  people: People;
  firewall: Firewall;
  upstream: Upstream;
  bus: Bus;
  /** Every event on record, the oldest first. */
  events: Envelope[];
  gates: Gate[];
  now: () => Date;
  /** Resolves once `events` has all that is on record. */
  recordRead: () => Promise<void>;
};

/** What the tests of a file look at; new for each test. */
export const world = {} as World & { others: Bus[]; stopFollowing: () => Promise<void> };

const deadline = (): number => Date.now() + 3_000;

/** Puts a policy in force, as the policy service does. */
export async function publish(policy: PolicyV2): Promise<void> {
  compilePolicy(policy);
  const [asPolicy] = world.others;
  const event = createEvent({
    type: 'aegis.policy.published.v1',
    source: 'policy',
    time: new Date().toISOString(),
    data: { policy, digest: policyDigest(policy), version: 2, path: 'policy.yml', origin: 'file' },
  });
  await asPolicy?.append.one({ subject: POLICY_LOG, event }, deadline());
}

/** An approver accepts a definition. */
export async function accept(server: string, tool: string, definition: object): Promise<void> {
  const event = createEvent({
    type: 'aegis.tool.accepted.v1',
    source: 'approvals',
    time: new Date().toISOString(),
    traceId: newTraceId(),
    data: { server, tool, digest: definitionDigest(definition), accepted_by: 'ann' },
  });
  await world.others[1]?.append.one({ subject: toolAcceptedLog(server), event }, deadline());
}

/** Polls until a value is there: what the record holds comes in its own time. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  const giveUpAt = Date.now() + 8_000;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > giveUpAt) throw new Error('it did not come to be in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const eventsOf = (type: string): Envelope[] => world.events.filter((event) => event.type === type);
export const data = (event: Envelope | undefined): Record<string, unknown> => event?.data ?? {};

const HOUR_MS = 3_600_000;
/** What may be put on record of the definitions of one server. */
export const definitionRates = (atOnce = 2_000, kibAtOnce = 32_768) => ({
  entries: { atOnce, thenEach: 1, everyMs: HOUR_MS },
  kib: { atOnce: kibAtOnce, thenEach: 1, everyMs: HOUR_MS },
});

export async function startFirewall(more: Partial<FirewallDeps> = {}): Promise<Firewall> {
  const { bus } = world;
  const now = () => world.now();
  return createFirewall({
    bus,
    log: silentLog,
    now,
    own: OWN,
    consoleUrl: CONSOLE,
    timeoutMs: 1_000,
    allowance: createAllowance(AllowanceEnv.parse({})),
    definitions: createLimiter(() => definitionRates()),
    ...more,
  });
}

export function gate(more: Partial<GateOptions> = {}, firewall = world.firewall): Gate {
  const made = firewall.gate({
    server: 'files',
    principal: 'os-user:ann',
    via: 'wrap',
    record: 'redacted',
    holdMs: 3_000,
    showDenied: false,
    waitForRecord: true,
    folders: [],
    askUpstream: world.upstream.ask,
    ...more,
  });
  world.gates.push(made);
  return made;
}

async function followAll(): Promise<void> {
  const asAudit = await connectTestBus(world.server, 'audit');
  world.others.push(asAudit);
  const follower = await asAudit.follow({
    fromSeq: 1,
    apply: ({ event }) => {
      if (event) world.events.push(event);
    },
  });
  world.stopFollowing = () => follower.stop();
  world.recordRead = async () => {
    if (!(await follower.caughtUp(deadline()))) throw new Error('the record can not be read');
  };
}

/** A real nats-server, stand-ins for the other services, and a firewall, for each test of a file. */
export function useWorld(policy: PolicyV2 = ALLOW_ALL): void {
  beforeEach(async () => {
    Object.assign(world, {
      events: [],
      gates: [],
      others: [],
      now: () => new Date(),
      upstream: createUpstream(),
    });
    world.server = await startNatsServer();
    world.others.push(
      await connectTestBus(world.server, 'policy'),
      await connectTestBus(world.server, 'approvals'),
    );
    await publish(policy);
    await followAll();
    world.people = await startPeople(world.server);
    world.bus = await connectTestBus(world.server, 'mcp');
    world.firewall = await startFirewall();
  });
  afterEach(async () => {
    await Promise.all(world.gates.map((one) => one.close()));
    await world.firewall.close();
    await world.bus.close();
    await world.people.stop();
    await world.stopFollowing();
    await Promise.all(world.others.map((bus) => bus.close()));
    await world.server.stop();
  });
}
