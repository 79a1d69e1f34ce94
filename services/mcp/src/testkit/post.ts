import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export type Reply = { status: number; headers: NodeJS.Dict<string | string[]>; body: string };

/** An HTTP request with exactly these headers (fetch would set `Host` itself). */
export function send(
  url: string,
  method: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
) {
  return new Promise<Reply>((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method,
        agent: false,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
      },
      (incoming) => {
        const { statusCode: status = 0, headers: received } = incoming;
        text(incoming).then((content) => resolve({ status, headers: received, body: content }), reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The JSON-RPC message in a reply, plain or as a server-sent event. */
export function messageIn({ body }: Reply): {
  id?: unknown;
  result?: unknown;
  error?: { code: number; message: string };
} {
  const data = /^data: (\{.*)$/m.exec(body)?.[1] ?? body;
  return JSON.parse(data) as ReturnType<typeof messageIn>;
}

/** A `tools/call` of the 2025 era. */
export const toolCall = (name: string, args: unknown, id: string | number = 1): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } });

/**
 * Two calls of `firewall_enforce`: after the first, `JSON.parse` reads the key `"` of the second one's arguments as `\\`
 * (nodejs/node#63785).
 */
export const MISREAD_CALLS = [
  toolCall('firewall_enforce', { tool: 'shop.search', args: { query: 'x', '\\': 'safe' } }, 'first'),
  toolCall('firewall_enforce', { tool: 'shop.search', args: { query: 'x', '"': 'other' } }, 'second'),
];
