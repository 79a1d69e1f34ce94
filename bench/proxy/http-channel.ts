import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Channel, ECHO_MARK, echoCall, INITIALIZE, INITIALIZED, PROTOCOL_VERSION } from './channel.ts';

const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** A session over Streamable HTTP on one connection that stays open. */
export async function openHttpChannel(url: string): Promise<Channel> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const session: Record<string, string> = {};
  let lastId = 0;
  const post = (body: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { ...HEADERS, ...session, 'content-length': String(Buffer.byteLength(body)) };
      request(url, { method: 'POST', agent, headers }, resolve).on('error', reject).end(body);
    });
  const opened = await post(JSON.stringify(INITIALIZE));
  const answer = await text(opened);
  if (opened.statusCode !== 200) throw new Error(`${url} answered ${opened.statusCode}: ${answer}`);
  const id = opened.headers['mcp-session-id'];
  if (typeof id === 'string') session['mcp-session-id'] = id;
  session['mcp-protocol-version'] = PROTOCOL_VERSION;
  await text(await post(JSON.stringify(INITIALIZED)));
  return {
    async call() {
      const body = echoCall(++lastId);
      const startedAt = performance.now();
      const response = await post(body);
      const content = await text(response);
      const ms = performance.now() - startedAt;
      if (response.statusCode !== 200 || !content.includes(ECHO_MARK)) {
        throw new Error(`${url} answered ${response.statusCode}: ${content}`);
      }
      return ms;
    },
    async close() {
      agent.destroy();
    },
  };
}
