import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, connectBus } from '@aegis/bus';
import { type Identity, provisionAt, seedFile } from '@aegis/bus/law';
import type { Logger } from '@aegis/kit/logger';
import { brokerFolder, type EmbeddedBroker, startEmbeddedBroker } from '@aegis/local-nats';
import type { UpConfig } from './config.ts';
import { watchStorage } from './storage.ts';

/** The bus that the services meet on, whoever runs it. */
export type Broker = {
  url: string;
  keysDir: string;
  connect(identity: Identity): Promise<Bus>;
  stop(): Promise<void>;
};

/** Who hears of the start: the log, and whoever waits for it, in whole sentences. */
type Heard = { readonly log: Logger; readonly say: (sentence: string) => void };

const RESTART_AFTER_MS = 500;

/** A server of the user's own: its streams are made or checked, and it is left running. */
async function useServer(url: string, keysDir: string | undefined, log: Logger): Promise<Broker> {
  const seedPathOf = (identity: Identity) =>
    keysDir === undefined ? undefined : seedFile(keysDir, identity);
  const connect = (identity: Identity) => connectBus({ url, identity, seedPath: seedPathOf(identity), log });
  await provisionAt({ url, seedPath: seedPathOf('admin') });
  return { url, keysDir: keysDir ?? '', connect, stop: async () => undefined };
}

/** Our own server as a child. One that dies is started again on its port; meanwhile every call is denied. */
async function runServer(config: UpConfig, env: NodeJS.ProcessEnv, { log, say }: Heard): Promise<Broker> {
  const start = (port: number) =>
    startEmbeddedBroker({ dataDir: config.AEGIS_DATA_DIR, port, log, env, say });
  let broker: EmbeddedBroker = await start(config.AEGIS_NATS_PORT);
  let stopped = false;
  const { url, keysDir, port } = broker;
  const storage = watchStorage(brokerFolder(config.AEGIS_DATA_DIR), () => broker, log);

  const keepAlive = async (): Promise<void> => {
    for (;;) {
      await broker.exited;
      if (stopped) return;
      log.error('the NATS server ended; starting it again');
      broker = await start(port).catch((err: unknown) => {
        log.error({ err }, 'the NATS server does not start');
        return broker;
      });
      if (stopped) return;
      await sleep(RESTART_AFTER_MS);
    }
  };
  const alive = keepAlive();

  const connect = (identity: Identity) =>
    connectBus({
      url,
      identity,
      seedPath: seedFile(keysDir, identity),
      log,
      storageProblem: storage.problem,
    });
  return {
    url,
    keysDir,
    connect,
    async stop() {
      stopped = true;
      storage.stop();
      await broker.stop();
      // One that is being started at this moment is not left behind.
      await alive;
      await broker.stop();
    },
  };
}

/** @throws BrokerError, AppError with a sentence that says what is wrong */
export const startBroker = (config: UpConfig, env: NodeJS.ProcessEnv, heard: Heard): Promise<Broker> =>
  config.NATS_URL === undefined
    ? runServer(config, env, heard)
    : useServer(config.NATS_URL, config.NATS_KEYS_DIR, heard.log);
