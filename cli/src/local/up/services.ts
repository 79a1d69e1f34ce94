import { setTimeout as sleep } from 'node:timers/promises';
import { ApprovalsEnv } from '@aegis/approvals/config';
import { createApprovals } from '@aegis/approvals/service';
import { AuditEnv } from '@aegis/audit/config';
import { createAudit } from '@aegis/audit/service';
import type { Bus } from '@aegis/bus';
import { seedFile } from '@aegis/bus/law';
import type { Deps, Service } from '@aegis/bus/service';
import type { ServiceName } from '@aegis/contracts/subjects';
import { EnforcerEnv } from '@aegis/enforcer/config';
import { createEnforcer } from '@aegis/enforcer/service';
import { GatewayEnv } from '@aegis/gateway/config';
import { createGateway } from '@aegis/gateway/service';
import { parseEnv } from '@aegis/kit/env';
import { reachedAt } from '@aegis/kit/hosts';
import type { Logger } from '@aegis/kit/logger';
import { McpEnv } from '@aegis/mcp/config';
import { createMcp } from '@aegis/mcp/service';
import { NotifierEnv } from '@aegis/notifier/config';
import { createNotifier } from '@aegis/notifier/service';
import { PolicyEnv } from '@aegis/policy/config';
import { createPolicy } from '@aegis/policy/service';
import type { z } from 'zod';
import type { Broker } from './broker.ts';
import { type ReservedPort, reservePort } from './free-port.ts';

type Env = Record<string, string | undefined>;

export type Services = Awaited<ReturnType<typeof startServices>>;

const DEFAULT_MCP_PORT = 8001;

const now = (): Date => new Date();

type Running = { service: Service; bus: Bus };

/** Waits for a step of the start, for no longer than somebody wants it. */
export type Step = <T>(started: Promise<T>) => Promise<T>;

/** One that hangs as it is stopped keeps nobody else from ending. */
const STOP_ONE_WITHIN_MS = 2_000;

/** Stops what was started, the last first. One that fails at it leaves the others and the reason as they are. */
async function stopAll(running: readonly Running[], log: Logger): Promise<void> {
  const settled = (stopped: Promise<void>): Promise<void> =>
    Promise.race([
      stopped.catch((err: unknown) => log.error({ err }, 'a service did not stop well')),
      sleep(STOP_ONE_WITHIN_MS, undefined, { ref: false }),
    ]);
  for (const { service } of running.toReversed()) await settled(service.stop());
  await Promise.all(running.map(({ bus }) => settled(bus.close())));
}

/**
 * All seven in this process, each with its own connection and its own credential, as apart as in seven processes. The
 * gateway gets the reserved port, so that who starts before it knows where the console is.
 */
export async function startServices(
  broker: Broker,
  env: Env,
  gatewayPort: ReservedPort,
  log: Logger,
  step: Step,
) {
  const running: Running[] = [];
  const host = env['HOST'] || '127.0.0.1';
  const mcpPort = await reservePort('MCP_PORT', host, Number(env['MCP_PORT'] || DEFAULT_MCP_PORT));
  const pagePort = await reservePort('APPROVALS_PORT', '127.0.0.1', 0);
  /** Whoever judges calls has to know all of them before anybody listens there. */
  const ports = {
    PORT: String(gatewayPort.port),
    MCP_PORT: String(mcpPort.port),
    OWN_ADDRESSES: [env['OWN_ADDRESSES'] ?? '', pagePort.port].join(','),
  };

  const start = async <S extends z.ZodObject, T extends Service>(
    name: ServiceName,
    schema: S,
    create: (deps: Deps<z.output<S>>) => T,
    more: Env = {},
  ): Promise<T> => {
    const config = parseEnv(schema, { ...env, ...ports, ...more });
    const bus = await step(broker.connect(name));
    const service = create({ bus, config, log: log.child({ service: name }), now });
    running.push({ service, bus });
    await step(service.start());
    return service;
  };

  /** HTTP intake first, then requests, then the audit file, so that what was answered is on file. */
  const stop = (): Promise<void> => stopAll(running, log);

  try {
    await start('audit', AuditEnv, createAudit);
    const CONSOLE_URL = env['CONSOLE_URL'] || `http://${reachedAt(host, gatewayPort.port)}`;
    const policy = await start('policy', PolicyEnv, createPolicy, { CONSOLE_URL });
    await pagePort.release();
    const approvals = await start('approvals', ApprovalsEnv, createApprovals, {
      APPROVALS_HOST: '127.0.0.1',
      APPROVALS_PORT: String(pagePort.port),
      CONSOLE_URL,
    });
    await start('notifier', NotifierEnv, createNotifier, { CONSOLE_URL });
    await start('enforcer', EnforcerEnv, createEnforcer);
    await gatewayPort.release();
    const gateway = await start('gateway', GatewayEnv, createGateway, {
      APPROVALS_URL: approvals.address(),
      ...(broker.keysDir === '' ? {} : { NATS_NKEY_FILE: seedFile(broker.keysDir, 'gateway') }),
    });
    await mcpPort.release();
    const mcp = await start('mcp', McpEnv, createMcp, { CONSOLE_URL });
    const agentAddress = mcp.agentAddress();
    const policyHealth = () => policy.health();
    const whoIsAsked = () => mcp.whoIsAsked();
    return {
      gatewayUrl: gateway.address(),
      mcpUrl: mcp.address(),
      agentAddress,
      policyHealth,
      whoIsAsked,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await Promise.all([gatewayPort, mcpPort, pagePort].map((port) => port.release()));
  }
}
