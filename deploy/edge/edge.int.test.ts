import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createEdge, type Edge, type FindReplicas, type Replica, replicasOf } from './edge.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** A replica that says its name, then gives back what it was sent. */
async function startReplica(name: string): Promise<Replica> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.write(`${name}:`);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function startEdge(find: FindReplicas): Promise<{ edge: Edge; port: number }> {
  const edge = createEdge(find);
  open.push(edge);
  return { edge, port: await edge.listen(0) };
}

async function connectTo(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

/** Sends this, ends its side, and gives all that came back. */
async function talk(port: number, said: string): Promise<string> {
  const socket = await connectTo(port);
  socket.end(said);
  return text(socket);
}

test('connections go round the replicas, and come back whole', async () => {
  const replicas = [await startReplica('one'), await startReplica('two')];
  const { port } = await startEdge(async () => replicas);
  const large = 'x'.repeat(1_000_000);
  expect(await talk(port, large)).toBe(`one:${large}`);
  expect(await talk(port, 'b')).toBe('two:b');
  expect(await talk(port, 'c')).toBe('one:c');
});

test('a replica that takes no connection is passed over', async () => {
  const replicas = [{ host: '127.0.0.1', port: 1 }, await startReplica('two')];
  const { port } = await startEdge(async () => replicas);
  expect(await talk(port, 'a')).toBe('two:a');
  expect(await talk(port, 'b')).toBe('two:b');
});

test('where nobody answers the connection is closed, and later ones find who came', async () => {
  const replicas: Replica[] = [];
  const { port } = await startEdge(async () => replicas);
  expect(await talk(port, '')).toBe('');
  replicas.push(await startReplica('late'));
  expect(await talk(port, 'a')).toBe('late:a');
});

test('a name that is not known closes the connection, and nothing else', async () => {
  const { port } = await startEdge(replicasOf('no-such-service.invalid', 1));
  expect(await talk(port, '')).toBe('');
  expect(await talk(port, '')).toBe('');
});

test('closing lets what is in flight end', async () => {
  const replica = await startReplica('one');
  const { edge, port } = await startEdge(async () => [replica]);
  const socket = await connectTo(port);
  await once(socket, 'readable');
  const closed = edge.close();
  socket.end('late');
  expect(await text(socket)).toBe('one:late');
  await closed;
  await expect(connectTo(port)).rejects.toThrow('ECONNREFUSED');
});

test('closing cuts a connection that does not end', async () => {
  const replica = await startReplica('one');
  const { edge, port } = await startEdge(async () => [replica]);
  const socket = await connectTo(port);
  socket.on('error', () => undefined);
  socket.on('end', () => socket.destroy());
  const gone = once(socket, 'close');
  socket.resume();
  await edge.close();
  await gone;
});
