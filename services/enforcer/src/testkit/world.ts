import { type Bus, type Route, route } from '@aegis/bus';
import type { Identity } from '@aegis/bus/law';
import type { Service } from '@aegis/bus/service';
import { type CheckReply, type CheckRequest, policyCheck } from '@aegis/contracts/decision';
import type { Envelope } from '@aegis/contracts/envelope';
import { parseEnv } from '@aegis/kit/env';
import { connectTestBus, silentLog, type TestBus } from '@aegis/testkit/bus';
import { startNatsServer, type TestNatsServer } from '@aegis/testkit/nats-server';
import { EnforcerEnv } from '../config.ts';
import { createEnforcer } from '../service.ts';

export const POLICY_DIGEST = `sha256:${'0'.repeat(64)}`;

/** What a policy says, with the rest of the answer. */
export const verdict = (decision: CheckReply['decision'], more: Partial<CheckReply> = {}): CheckReply => ({
  decision,
  allowed: decision === 'allow',
  approval_required: decision === 'review',
  reasons: decision === 'allow' ? [] : ['because'],
  policy_digest: POLICY_DIGEST,
  policy_version: 2,
  ...more,
});

type Given = { readonly reconcileAfterMs?: number; readonly bus?: Bus; readonly now?: () => Date };

export type World = {
  readonly server: TestNatsServer;
  /** An agent-facing process: what stands in the path is one. */
  readonly mcp: TestBus;
  connect(identity: Identity): Promise<TestBus>;
  startEnforcer(given?: Given): Promise<Service>;
  /** Somebody who answers in another service's name. */
  standIn(identity: 'policy' | 'approvals', ...routes: Route[]): Promise<void>;
  policySays(reply: CheckReply): Promise<CheckRequest[]>;
  /** Every event on the log, in order. */
  logged(): Promise<Envelope[]>;
  stop(): Promise<void>;
};

/** A bus for an enforcer, and whoever else a test needs; on a server of its own, or on `shared`, which is not stopped. */
export async function startWorld(shared?: TestNatsServer): Promise<World> {
  const server = shared ?? (await startNatsServer());
  const stops: (() => Promise<void>)[] = [];
  const connect = async (identity: Identity): Promise<TestBus> => {
    const bus = await connectTestBus(server, identity);
    stops.push(() => bus.close());
    return bus;
  };
  const [mcp, audit] = await Promise.all([connect('mcp'), connect('audit')]);
  const standIn: World['standIn'] = async (identity, ...routes) => {
    await (await connect(identity)).respond(routes);
  };
  return {
    server,
    mcp,
    connect,
    standIn,
    async startEnforcer({ reconcileAfterMs = 10_000, now = () => new Date(), ...given } = {}) {
      const config = parseEnv(EnforcerEnv, { RECONCILE_AFTER_MS: String(reconcileAfterMs) });
      const bus = given.bus ?? (await connect('enforcer'));
      const service = createEnforcer({ bus, config, log: silentLog, now });
      await service.start();
      stops.push(() => service.stop());
      return service;
    },
    async policySays(reply) {
      const asked: CheckRequest[] = [];
      const answer = route(policyCheck, (request) => {
        asked.push(request);
        return reply;
      });
      await standIn('policy', answer);
      return asked;
    },
    async logged() {
      const events: Envelope[] = [];
      for (let seq = 1; ; seq++) {
        const stored = await audit.read.at(seq, Date.now() + 2_000);
        if (!stored) return events;
        if (stored.event) events.push(stored.event);
      }
    },
    async stop() {
      for (const stop of stops.toReversed()) await stop();
      if (shared === undefined) await server.stop();
    },
  };
}
