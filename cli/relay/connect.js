// @ts-check
import { request } from 'node:http';
import { findFirewall, NoFirewall } from './find-firewall.js';

const PROTOCOL = 'aegis-relay/1';
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const ANSWERS_WITHIN_MS = 10_000;
const MAX_REFUSAL_LENGTH = 4_096;

/** @typedef {{ socket: import('node:net').Socket, head: Buffer }} Connection `head`: what came with the answer */

/**
 * @param {string} address `unix:/path` or `http://127.0.0.1:port`
 * @returns {import('node:http').RequestOptions}
 */
function placeOf(address) {
  if (address.startsWith('unix:')) return { socketPath: address.slice('unix:'.length), host: 'localhost' };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'http:' || !LOOPBACK.test(url.hostname)) {
    throw new NoFirewall(
      `AEGIS_AGENT_ADDRESS ${address} is no address of a firewall on this machine: expected unix:/path or http://127.0.0.1:port.`,
      true,
    );
  }
  return { host: url.hostname.replace(/[[\]]/g, ''), port: url.port };
}

/**
 * @param {import('node:http').IncomingMessage} response
 * @returns {Promise<NoFirewall>}
 */
async function refusalOf(response) {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) {
    text += piece;
    if (text.length > MAX_REFUSAL_LENGTH) break;
  }
  let detail = `it answered ${response.statusCode}`;
  try {
    detail = String(JSON.parse(text).detail ?? detail);
  } catch {
    // No firewall of ours: its status is all that can be said.
  }
  return new NoFirewall(`The firewall refused this agent: ${detail}`, true);
}

/**
 * A connection to the firewall, which has accepted the agent's credential.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Connection>} rejects with {@link NoFirewall}
 */
export async function connectFirewall(env) {
  const { address, credential, silent } = await findFirewall(env);
  const place = placeOf(address);
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'localhost',
      connection: 'Upgrade',
      upgrade: PROTOCOL,
      authorization: `Bearer ${credential}`,
    };
    const asked = request({ ...place, path: '/relay', headers, agent: false, timeout: ANSWERS_WITHIN_MS });
    asked.once('upgrade', (_, socket, head) => {
      socket.setTimeout(0);
      resolve({ socket, head });
    });
    asked.once('response', (response) => void refusalOf(response).then(reject, reject));
    asked.once('timeout', () => asked.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
    asked.once('error', (error) =>
      reject(new NoFirewall(silent('code' in error ? String(error.code) : error.message))),
    );
    asked.end();
  });
}
