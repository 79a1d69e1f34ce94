import { join, resolve } from 'node:path';

/** The files of one server, all in one folder. */
export type BrokerPaths = {
  readonly dir: string;
  readonly conf: string;
  /** The server makes its folder `jetstream` in here. */
  readonly storeDir: string;
  readonly keysDir: string;
  readonly portsDir: string;
  readonly pidFile: string;
  /** Holds the pid of the process that started the server. */
  readonly ownerFile: string;
};

/** The folder of the embedded server inside a data directory. */
export const brokerFolder = (dataDir: string): string => join(dataDir, 'broker');

/** Absolute, so that the configuration's path tells one server from another in a list of processes. */
export function brokerPaths(folder: string): BrokerPaths {
  const dir = resolve(folder);
  return {
    dir,
    conf: join(dir, 'nats.conf'),
    storeDir: dir,
    keysDir: join(dir, 'keys'),
    portsDir: join(dir, 'ports'),
    pidFile: join(dir, 'nats.pid'),
    ownerFile: join(dir, 'owner.pid'),
  };
}
