import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAs, ensureIdentities, type Identity, provisionAt, seedFile } from '@aegis/bus/law';
import { brokerFolder, brokerPaths, obtainNatsServer, runServer } from '@aegis/local-nats';

type NatsConnection = Awaited<ReturnType<typeof connectAs>>;

export type TestNatsServerOptions = {
  /** 0, the default = any free port. */
  readonly port?: number;
  /** Whether the streams are made; true where it is left out. */
  readonly provisioned?: boolean;
};

export type TestNatsServer = {
  readonly url: string;
  readonly port: number;
  readonly keysDir: string;
  /** Laid out as a data directory, so that what looks for a running server there finds the keys. */
  readonly dataDir: string;
  /** The nkey seed of an identity. */
  seed(identity: Identity): string;
  /** A connection as that identity; closed by `stop()`. */
  connect(identity: Identity): Promise<NatsConnection>;
  /** Ends the server, closes the connections and removes the data. */
  stop(): Promise<void>;
  /** SIGKILL; the data stays, and `restart()` brings the server back. */
  kill(): Promise<void>;
  /**
   * Has the server take the keys that are in `keysDir` now, with new ones for those that are missing, and puts out who has
   * others. `first` is called once they are made, before the server takes them.
   */
  reload(first?: () => Promise<void>): Promise<void>;
  /** Stops the server where it runs and starts it again with the same data on the same port. */
  restart(): Promise<void>;
};

const silent = { info: () => undefined, warn: () => undefined };

/** A real nats-server with the real users, permissions and streams, on a free port and in a temporary directory. */
export async function startNatsServer(options: TestNatsServerOptions = {}): Promise<TestNatsServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'aegis-nats-'));
  const paths = brokerPaths(brokerFolder(dataDir));
  let identities = await ensureIdentities(paths.keysDir);
  const { path: binary } = await obtainNatsServer(process.env, silent);
  const run = (port: number) => runServer({ binary, paths, port, identities, log: silent });
  let server = await run(options.port ?? 0);
  const { url, port } = server;
  const { keysDir } = paths;
  if (options.provisioned !== false) await provisionAt({ url, seedPath: seedFile(keysDir, 'admin') });
  const connections: NatsConnection[] = [];
  return {
    url,
    port,
    keysDir,
    dataDir,
    seed: (identity) => readFileSync(seedFile(keysDir, identity), 'utf8').trim(),
    connect: async (identity) => {
      const nc = await connectAs(identity, { url, keysDir });
      connections.push(nc);
      return nc;
    },
    stop: async () => {
      await Promise.all(connections.map((nc) => nc.close()));
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
    kill: () => server.kill(),
    reload: async (first) => {
      const before = Object.entries(identities);
      identities = await ensureIdentities(keysDir);
      let conf = await readFile(paths.conf, 'utf8');
      for (const [name, key] of before) conf = conf.replaceAll(key, identities[name as Identity]);
      await writeFile(paths.conf, conf);
      await first?.();
      process.kill(server.pid, 'SIGHUP');
    },
    restart: async () => {
      await server.stop();
      server = await run(port);
    },
  };
}
