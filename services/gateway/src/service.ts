import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createRefusals } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import { notAsked } from '@aegis/contracts/asked-words';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import { ConfigError } from '@aegis/kit/env';
import { reachedAt } from '@aegis/kit/hosts';
import { localKey } from '@aegis/kit/keys';
import { keepStrangersOut } from '@aegis/kit/reach';
import { createIdentityReplica } from '@aegis/replicas/identities';
import type { GatewayConfig } from './config.ts';
import { createFeed } from './events/feed.ts';
import { createEndings } from './http/endings.ts';
import { createDoor } from './http/turns.ts';
import { createHttp } from './http.ts';
import { createWaiting } from './waiting/waiting.ts';

/** The gateway, and where it listens. */
export type Gateway = Service & {
  /** `http://<host>:<port>` once started. */
  address(): string;
};

function unlistenable(thrown: unknown, host: string, port: number): unknown {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  const sentences: Record<string, string> = {
    EADDRINUSE: `PORT: ${port} on ${host} is taken; stop what listens there, or set PORT to another one (0 = any free)`,
    EACCES: `PORT: this user may not listen on ${port}; set PORT to one above 1023`,
    EADDRNOTAVAIL: `HOST: ${host} is no address of this machine; 127.0.0.1 always is`,
    ENOTFOUND: `HOST: ${host} is no known name; 127.0.0.1 always works`,
  };
  const sentence = typeof code === 'string' ? sentences[code] : undefined;
  return sentence === undefined ? thrown : new ConfigError(sentence, { cause: thrown });
}

const urlOf = ({ address, port }: AddressInfo): string => `http://${reachedAt(address, port)}`;

/** REST, OpenAPI and the stream of events, for callers outside. It decides nothing: it asks. */
export function createGateway({ bus, config, log, now }: Deps<GatewayConfig>): Gateway {
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const limitOf = createLimitOf(config);
  const door = createDoor(timeoutMs, createRequestAllowance(limitOf));
  const feed = createFeed({ bus, log, timeoutMs, turns: door.wide });
  const waiting = createWaiting({ bus });
  const refusals = createRefusals({ ask: bus.ask, log, door: 'rest' });
  const endings = createEndings();
  const identities = createIdentityReplica(bus, { now, ended: endings.endOf });
  let local: string | undefined;
  const localUser = { localKey: () => local };
  const app = createHttp({
    bus,
    config,
    log,
    feed,
    door,
    waiting,
    refusals,
    identities,
    endings,
    limitOf,
    ...localUser,
  });
  return {
    async start() {
      if (config.NATS_NKEY_FILE !== undefined)
        local = localKey(await readFile(config.NATS_NKEY_FILE, 'utf8'));
      // Until it has caught up nobody is let in, which is no reason to keep health from being asked.
      await identities.start(timeoutMs);
      try {
        await keepStrangersOut(config, () => identities.isAsked());
        await app.listen({ host: config.HOST, port: config.PORT });
      } catch (thrown) {
        throw unlistenable(thrown, config.HOST, config.PORT);
      }
      if (!(await identities.isAsked().catch(() => true))) log.info(notAsked('over rest'));
    },
    async stop() {
      await app.close();
      await refusals.close();
      await identities.stop();
    },
    health: () => healthFrom([bus.problem()]),
    address: () => urlOf(app.server.address() as AddressInfo),
  };
}
