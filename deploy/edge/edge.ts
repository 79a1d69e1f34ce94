import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const CONNECT_WITHIN_MS = 1_000;
const FINISH_WITHIN_MS = 2_000;

export type Replica = { readonly host: string; readonly port: number };

/** All replicas that there are now. */
export type FindReplicas = () => Promise<readonly Replica[]>;

/** One published port: it passes each connection on to one of the replicas behind a name, byte for byte. */
export type Edge = {
  /** Listens on every interface. Resolves with the port; 0 takes any free one. */
  listen(port: number): Promise<number>;
  /** Takes no new connections, and cuts those that have not ended 2 s later. */
  close(): Promise<void>;
};

/** The replicas of a service: Docker's name server gives the addresses of all, in any order. */
export const replicasOf =
  (service: string, port: number): FindReplicas =>
  async () => {
    const found = await lookup(service, { all: true });
    return found
      .map(({ address }) => ({ host: address, port }))
      .toSorted((a, b) => (a.host < b.host ? -1 : 1));
  };

async function connectTo(replica: Replica): Promise<Socket> {
  const socket = connect({ ...replica, noDelay: true, allowHalfOpen: true });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_WITHIN_MS) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Either end's end is passed on; where one breaks, both do. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}

/** Cuts `server`'s connections where they do not end by themselves. */
async function closeServer(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  const timer = setTimeout(() => {
    for (const socket of open) socket.destroy();
  }, FINISH_WITHIN_MS);
  const closed = once(server, 'close');
  server.close();
  await closed;
  clearTimeout(timer);
}

/**
 * Makes one address of several replicas: a host's port can be bound once only. Each connection goes to the next replica,
 * and to the one after it where that one takes no connection. It reads nothing and changes nothing.
 */
export function createEdge(findReplicas: FindReplicas): Edge {
  const open = new Set<Socket>();
  let turn = 0;

  const connectToOne = async (): Promise<Socket> => {
    const replicas = await findReplicas();
    const first = turn++ % Math.max(replicas.length, 1);
    for (const replica of [...replicas.slice(first), ...replicas.slice(0, first)]) {
      const socket = await connectTo(replica).catch(() => undefined);
      if (socket) return socket;
    }
    throw new Error('no replica takes connections');
  };

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => client.destroy());
    connectToOne().then(
      (replica) => (client.destroyed ? replica.destroy() : join(client, replica)),
      () => client.destroy(),
    );
  });

  return {
    async listen(listenPort) {
      server.listen(listenPort);
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    },
    close: () => closeServer(server, open),
  };
}
