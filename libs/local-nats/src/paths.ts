import { join, resolve } from 'node:path';

/** The files of one server, all in one folder. */
export type BrokerPaths = ReturnType<typeof brokerPaths>;

/** The folder of the embedded server inside a data directory. */
export const brokerFolder = (dataDir: string): string => join(dataDir, 'broker');

/** Absolute, so that the configuration's path tells one server from another in a list of processes. */
export function brokerPaths(folder: string) {
  const dir = resolve(folder);
  return {
    dir,
    conf: join(dir, 'nats.conf'),
    /** The server makes its folder `jetstream` in here. */
    storeDir: dir,
    keysDir: join(dir, 'keys'),
    portsDir: join(dir, 'ports'),
    pidFile: join(dir, 'nats.pid'),
    /** Holds the pid of the process that started the server. */
    ownerFile: join(dir, 'owner.pid'),
  };
}
