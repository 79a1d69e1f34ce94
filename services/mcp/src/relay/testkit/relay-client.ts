import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { createFrameReader, encodeFrame, RELAY_PROTOCOL } from '@aegis/firewall/relay';
import { onTestFinished } from 'vitest';

/** Where a request goes: the path of a socket, or the address of a port. */
const targetOf = (address: string) => {
  if (address.startsWith('unix:')) return { socketPath: address.slice('unix:'.length) };
  const { hostname, port } = new URL(address);
  return { host: hostname, port };
};

export type Asked = { path?: string; method?: string; headers?: Record<string, string | string[]> };

/** What becomes of a request to be a relay: its socket, or a refusal. */
export async function askToRelay(
  address: string,
  credential: string,
  { path = '/relay', method = 'GET', headers = {} }: Asked = {},
): Promise<{ socket: Socket } | { status: number; body: { code: string; detail: string } }> {
  const asking = request({
    ...targetOf(address),
    path,
    method,
    headers: {
      host: 'localhost',
      connection: 'Upgrade',
      upgrade: RELAY_PROTOCOL,
      authorization: `Bearer ${credential}`,
      ...headers,
    },
  });
  const refused = once(asking, 'response') as Promise<[import('node:http').IncomingMessage]>;
  const upgraded = once(asking, 'upgrade') as Promise<[unknown, Socket, Buffer]>;
  asking.end();
  const first = await Promise.race([refused, upgraded]);
  if (first.length === 1) {
    const [{ statusCode = 0 }] = first;
    return { status: statusCode, body: JSON.parse(await text(first[0])) as { code: string; detail: string } };
  }
  const [, socket, head] = first;
  if (head.length > 0) socket.unshift(head);
  onTestFinished(() => void socket.destroy());
  return { socket };
}

export type Frame = { type: string; n: number; text: string };

/** A relay that says frames as a test likes them, and waits for those of the firewall. */
export function relayOver(socket: Socket) {
  const frames: Frame[] = [];
  let isOver = false;
  const read = createFrameReader((type, n, payload) => frames.push({ type, n, text: payload.toString() }));
  socket.on('data', read);
  socket.on('error', () => undefined);
  socket.once('end', () => socket.end());
  socket.once('close', () => {
    isOver = true;
  });
  return {
    frames,
    send: (...frame: Parameters<typeof encodeFrame>): boolean => socket.write(encodeFrame(...frame)),
    raw: (bytes: Uint8Array | string): boolean => socket.write(bytes),
    hello: (hello: object): boolean => socket.write(encodeFrame('H', JSON.stringify(hello))),
    /** All that the client would have read. */
    output: (): string =>
      frames
        .filter(({ type }) => type === 'c')
        .map((frame) => frame.text)
        .join(''),
    isOver: (): boolean => isOver,
    destroy: (): void => void socket.destroy(),
  };
}
