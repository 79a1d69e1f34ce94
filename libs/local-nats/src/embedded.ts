import { access, constants, rm } from 'node:fs/promises';
import {
  type BrokerAddress,
  BrokerError,
  ensureIdentities,
  type PublicKeys,
  provisionAt,
  seedFile,
} from '@aegis/bus/law';
import type { Env } from '@aegis/kit/env';
import { whyNoFile } from '@aegis/kit/errors';
import { makeFolder } from '@aegis/kit/files';
import type { BrokerLog } from './broker-log.ts';
import { moveEarlierStreams } from './earlier-streams.ts';
import { endServer, serverIn } from './leftover.ts';
import { obtainNatsServer } from './obtain.ts';
import { type BrokerPaths, brokerFolder, brokerPaths } from './paths.ts';
import { type RunningServer, runServer } from './run-server.ts';

export type EmbeddedBrokerOptions = {
  readonly dataDir: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly log: BrokerLog;
  /** Told in sentences of what takes long, for whoever waits for the start. */
  readonly say?: (sentence: string) => void;
  readonly env: Env;
};

export type EmbeddedBroker = BrokerAddress & {
  readonly port: number;
  readonly pid: number;
  readonly identities: PublicKeys;
  /** Settles when the server has ended; before `stop()` that is an accident. */
  readonly exited: Promise<void>;
  /** What the server said of a write that failed, once one did: then it takes no more until it is started again. */
  writeError(): string | undefined;
  /** Ends the server within about 3 s. */
  stop(): Promise<void>;
};

/**
 * Starts a nats-server with its streams as a child of this process: on 127.0.0.1, under `<dataDir>/broker`, with one
 * user an identity. It ends when this process ends. A server that was left behind in the data directory is ended first.
 * @throws BrokerError where the port or the data directory is taken, the directory is not writable, or no server is had.
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { dataDir, port, log, env, say } = options;
  const paths = brokerPaths(brokerFolder(dataDir));
  const identities = await prepare(dataDir, paths);
  await clear(options, paths);
  const { path: binary } = await obtainNatsServer(env, log, say);
  const moved = await moveEarlierStreams(paths.storeDir);
  if (moved > 0) log.info({ moved }, 'the streams of an earlier version were taken along');
  const server = await runServer({ binary, paths, port, identities, log });
  const address = { url: server.url, keysDir: paths.keysDir };
  try {
    await provisionAt({ url: address.url, seedPath: seedFile(address.keysDir, 'admin') });
  } catch (error) {
    await server.stop();
    throw error;
  }
  const { pid, port: listensOn, exited, writeError } = server;
  const end = () => stop(server, paths);
  return { ...address, port: listensOn, pid, identities, exited, writeError, stop: end };
}

async function prepare(dataDir: string, paths: BrokerPaths): Promise<PublicKeys> {
  try {
    await makeFolder(paths.dir, 0o700);
    await access(paths.dir, constants.W_OK);
    return await ensureIdentities(paths.keysDir);
  } catch (cause) {
    if (cause instanceof BrokerError) throw cause;
    throw new BrokerError(
      `The data directory ${dataDir} can't be written, because ${whyNoFile(cause)}: make it writable for this user, or set AEGIS_DATA_DIR to another one.`,
      { cause },
    );
  }
}

/** Two servers on one store would ruin it: one that still has its owner is a refusal, one that lost it is ended. */
async function clear({ dataDir, log }: EmbeddedBrokerOptions, paths: BrokerPaths): Promise<void> {
  const running = await serverIn(paths);
  if (running?.owner !== undefined) {
    throw new BrokerError(
      `AegisMCP already runs from the data directory ${dataDir} as process ${running.owner}, so its NATS port is taken: ` +
        'stop that one, or set AEGIS_DATA_DIR and AEGIS_NATS_PORT to start a second one.',
    );
  }
  if (running !== undefined) {
    log.warn({ pid: running.pid }, 'ending a NATS server that an earlier run left behind');
    await endServer(running.pid, paths.conf);
  }
}

async function stop(server: RunningServer, paths: BrokerPaths): Promise<void> {
  await server.stop();
  await rm(paths.ownerFile, { force: true });
}
