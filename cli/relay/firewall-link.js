// @ts-check
import { NoFirewall } from './find-firewall.js';
import { createDecoder, frameOf } from './frames.js';
import { Incoming, Outgoing } from './windows.js';

const READY_WITHIN_MS = 10_000;

/**
 * @typedef {object} FirewallLink
 * @property {Outgoing} client what the client says
 * @property {Outgoing} server what the server says
 * @property {(bytes: number) => boolean} takesAtOnce whether so many bytes of the server would leave this process at once
 * @property {Incoming} toClient
 * @property {Incoming} toServer
 * @property {Promise<void>} ready rejects with NoFirewall where the firewall says no, or nothing
 * @property {Promise<void>} closed
 */

/**
 * Frames over a connection to the firewall, which is always read.
 *
 * @param {import('./connect.js').Connection} connection
 * @param {Readonly<Record<string, unknown>>} hello
 * @param {{ onFrame: import('./frames.js').OnFrame, onRoom: () => void }} on frames once it is ready, and more room for them
 * @returns {FirewallLink}
 */
export function openLink({ socket, head }, hello, { onFrame, onRoom }) {
  const send = (/** @type {Buffer} */ frame) => void (socket.writable && socket.write(frame));
  const client = new Outgoing('C', send);
  const server = new Outgoing('S', send);
  const toClient = new Incoming('c', send);
  const toServer = new Incoming('s', send);

  /** @type {Promise<void>} */
  const ready = new Promise((resolve, reject) => {
    const late = setTimeout(() => socket.destroy(), READY_WITHIN_MS);
    socket.once('close', () => {
      clearTimeout(late);
      reject(new NoFirewall('The firewall went away before it was ready: try again in a moment.'));
    });
    let isReady = false;
    const decode = createDecoder((type, n, payload) => {
      if (type === 'w') {
        (payload.toString() === 'C' ? client : server).grant(n);
        return onRoom();
      }
      if (type === 'c') toClient.came(payload.length);
      else if (type === 's') toServer.came(payload.length);
      if (isReady) return onFrame(type, n, payload);
      if (type === 'f') {
        const { detail, exit_code: exitCode } = JSON.parse(payload.toString());
        return reject(new NoFirewall(detail, true, exitCode));
      }
      if (type !== 'R') return;
      isReady = true;
      clearTimeout(late);
      resolve();
    });
    const take = (/** @type {Buffer} */ bytes) => {
      try {
        decode(bytes);
      } catch {
        // Whoever says what can't be read is no firewall.
        socket.destroy();
      }
    };
    socket.setNoDelay(true);
    socket.on('data', take);
    send(frameOf('H', Buffer.from(JSON.stringify(hello))));
    if (head.length > 0) take(head);
  });
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => socket.once('close', () => resolve()));
  // The firewall has said all: so has the relay.
  socket.on('error', () => undefined).on('end', () => socket.destroy());
  const takesAtOnce = (/** @type {number} */ bytes) => server.hasRoom(bytes) && socket.writableLength === 0;
  return { client, server, takesAtOnce, toClient, toServer, ready, closed };
}
