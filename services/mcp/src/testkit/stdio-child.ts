import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { createChannel, RELAY_PATH, RELAY_PROTOCOL } from '@aegis/firewall/relay';

/** What a client starts in the tests: a relay of the tools, from this process's stdin to its stdout. */
const { AGENT_SOCKET: socketPath = '', AGENT_CREDENTIAL = '' } = process.env;
const asking = request({
  socketPath,
  path: RELAY_PATH,
  headers: {
    host: 'localhost',
    connection: 'Upgrade',
    upgrade: RELAY_PROTOCOL,
    authorization: `Bearer ${AGENT_CREDENTIAL}`,
  },
}).end();
const [, socket] = (await once(asking, 'upgrade')) as [unknown, Socket];
const channel = createChannel(socket, {
  incoming: ['c'],
  take(type, _n, payload) {
    if (type === 'c') process.stdout.write(Buffer.from(payload), () => channel.taken('c', payload.length));
  },
  broken: (error) => socket.destroy(error),
});
socket.once('end', () => socket.end());
process.stdout.on('error', () => socket.destroy());
const client = channel.outgoing('C');
channel.send('H', '{"mode":"tools"}');
process.stdin.on('data', (bytes: Buffer) => client.write(bytes));
process.stdin.once('end', () => client.mark('E'));
socket.once('close', () => process.exit());
