import { type Route, route } from '@aegis/bus';
import { healthOf } from '@aegis/contracts/health';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import type { ServiceName } from '@aegis/contracts/subjects';
import { parseEnv } from '@aegis/kit/env';
import { localKey } from '@aegis/kit/keys';
import { createLogger } from '@aegis/kit/logger';
import { createIdentityReplica } from '@aegis/replicas/identities';
import { connectTestBus } from '@aegis/testkit/bus';
import { startNatsServer } from '@aegis/testkit/nats-server';
import { GatewayEnv } from '../config.ts';
import { createFeed, type FeedOptions } from '../events/feed.ts';
import { createEndings } from '../http/endings.ts';
import { createDoor } from '../http/turns.ts';
import { createHttp } from '../http.ts';
import { createWaiting, type WaitingOptions } from '../waiting/waiting.ts';

const log = createLogger('gateway-test', 'silent');

/** Of whoever can read the gateway's own key on its machine. */
export const LOCAL_KEY = localKey('seed');

export type Server = Awaited<ReturnType<typeof startNatsServer>>;
export { startNatsServer };

/** A service that answers as it is told, with the real one's identity. */
export async function standIn(
  server: Server,
  service: Exclude<ServiceName, 'gateway'>,
  routes: readonly Route[] = [],
) {
  const bus = await connectTestBus(server, service);
  const health = routes.some((one) => one.rpc.verb === 'health')
    ? []
    : [route(healthOf(service), () => ({ status: 'ok' as const, problems: [] }))];
  await bus.respond([...health, ...routes]);
  return bus;
}

/** The gateway's HTTP side on a bus of its own, for `inject` and `listen`. */
export async function createTestApp(
  server: Server,
  env: Record<string, string> = {},
  feedOptions: Partial<FeedOptions> = {},
  waitingOptions: Omit<WaitingOptions, 'bus'> = {},
) {
  const bus = await connectTestBus(server, 'gateway');
  const config = parseEnv(GatewayEnv, { PORT: '0', REQUEST_TIMEOUT_MS: '600', ...env });
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const limitOf = createLimitOf(config);
  const door = createDoor(timeoutMs, createRequestAllowance(limitOf));
  const feed = createFeed({ bus, log, timeoutMs, turns: door.wide, ...feedOptions });
  const endings = createEndings();
  const identities = createIdentityReplica(bus, { now: () => new Date(), ended: endings.endOf });
  const counted: [kind: string, source: string | undefined][] = [];
  const app = createHttp({
    bus,
    config,
    log,
    feed,
    door,
    waiting: createWaiting({ bus, ...waitingOptions }),
    identities,
    limitOf,
    endings,
    localKey: () => LOCAL_KEY,
    refusals: { count: (kind, source) => counted.push([kind, source]) },
  });
  await identities.start();
  await app.ready();
  return {
    app,
    bus,
    /** What was counted as refused. */
    counted,
    async stop() {
      await app.close();
      await identities.stop();
      await bus.close();
    },
  };
}
