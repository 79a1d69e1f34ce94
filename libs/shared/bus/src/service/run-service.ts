import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '@aegis/contracts/subjects';
import { type BusEnv, ConfigError, parseEnv } from '@aegis/kit/env';
import { AppError } from '@aegis/kit/errors';
import { createLogger, type Logger } from '@aegis/kit/logger';
import type { z } from 'zod';
import { type Bus, connectBus } from '../bus.ts';
import { serveHealth } from './health-server.ts';
import type { Service } from './service.ts';

const CONNECT_FOR_MS = 30_000;
const STOP_WITHIN_MS = 5_000;

/** What `createX` of each service is given. */
export type Deps<Config> = { bus: Bus; config: Config; log: Logger; now: () => Date };

type EnvSchema = z.ZodObject<typeof BusEnv.shape>;

async function connectPatiently(
  url: string,
  seedPath: string | undefined,
  name: string,
  log: Logger,
): Promise<Bus> {
  const giveUpAt = Date.now() + CONNECT_FOR_MS;
  for (;;) {
    try {
      return await connectBus({ url, identity: name, seedPath, log });
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      log.warn({ err: error }, 'waiting for the bus');
      await sleep(500);
    }
  }
}

async function live<S extends EnvSchema>(
  name: ServiceName,
  schema: S,
  create: (deps: Deps<z.output<S>>) => Service,
): Promise<void> {
  const config = parseEnv(schema, process.env) as z.output<S> & z.output<typeof BusEnv>;
  const log = createLogger(name, config.LOG_LEVEL);
  const bus = await connectPatiently(config.NATS_URL, config.NATS_NKEY_FILE, name, log);
  const service = create({ bus, config, log, now: () => new Date() });
  await service.start();
  const { server } = await serveHealth(service, config.HEALTH_HOST, config.HEALTH_PORT);
  log.info('ready');

  const stop = async (signal: string): Promise<void> => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    server.close();
    await service.stop();
    await bus.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal));
}

/**
 * A service as a process of its own: parses the environment, connects, starts, serves `/healthz` and `/readyz`, and on
 * SIGTERM stops within 5 seconds. Exits 1 with one sentence where it can't start.
 */
export function runService<S extends EnvSchema>(
  name: ServiceName,
  schema: S,
  create: (deps: Deps<z.output<S>>) => Service,
): void {
  live(name, schema, create).catch((error: unknown) => {
    const known = error instanceof AppError || error instanceof ConfigError;
    process.stderr.write(`${name}: ${known ? error.message : String((error as Error).stack ?? error)}\n`);
    process.exit(1);
  });
}
