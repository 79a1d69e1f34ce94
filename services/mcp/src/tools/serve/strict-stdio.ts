import { PassThrough, type Readable, type Writable } from 'node:stream';
import { readLines } from '@aegis/firewall/wire';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { OpenRequests } from './open-requests.ts';
import { MAX_MESSAGE_BYTES, readToolMessage, TOO_LARGE } from './strict-message.ts';

/** Gives `take` each line until no more come, whyever that is. */
async function readAll(input: Readable, take: (line: Buffer) => void, tooLong: () => void): Promise<void> {
  try {
    for await (const line of readLines(input, { maxBytes: MAX_MESSAGE_BYTES, tooLong })) take(line);
  } catch {
    // The input broke off, and what it had to say with it.
  }
}

/**
 * The SDK's transport writes, but reads nothing by itself: it would skip a line that it can't parse and leave the caller
 * waiting. It gets each message as it was read strictly; other lines are refused. The end of the input waits up to
 * `drainMs` for the answers that are still to come.
 */
export function createStrictStdio(input: Readable, output: Writable, drainMs: number) {
  const open = new OpenRequests();
  const closed = Promise.withResolvers<void>();
  const transport = new StdioServerTransport(new PassThrough(), output);
  const refuse = (refusal: string): void => void output.write(`${refusal}\n`);
  const take = (line: Buffer): void => {
    if (line.toString('latin1').trim() === '') return;
    const read = readToolMessage(line);
    if ('refusal' in read) return refuse(read.refusal);
    open.received(read.message);
    transport.onmessage?.(read.message);
  };
  const serve = async (): Promise<void> => {
    await readAll(input, take, () => refuse(TOO_LARGE));
    await open.settled(drainMs);
    await transport.close();
  };
  const start = transport.start.bind(transport);
  transport.start = async () => {
    await start();
    void serve();
  };
  const send = transport.send.bind(transport);
  transport.send = async (message) => {
    try {
      await send(message);
    } finally {
      open.sent(message);
    }
  };
  const close = transport.close.bind(transport);
  transport.close = async () => {
    await close();
    closed.resolve();
  };
  /** Takes nothing more; what came before is answered. */
  const stop = (): void => void input.destroy();
  return { transport, stop, closed: closed.promise };
}
