import { InMemoryTransport, McpServer, type Transport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Request, Response } from '../../wire/message.ts';
import { readClientMessage, readServerMessage } from '../../wire/read-message.ts';
import type { AskUpstream, Disposition, Gate } from '../api.ts';

type Json = Parameters<Transport['send']>[0];

/** A gate between an SDK client and an SDK server, in this process. */
export type Relay = {
  /** What the client connects to. */
  readonly transport: Transport;
  /** The methods of the requests that reached the server. */
  readonly reached: string[];
  close(): Promise<void>;
};

/** Puts a gate in front of a server. `gateOf` gets what asks the server for the firewall itself. */
export async function relay(factory: () => McpServer, gateOf: (ask: AskUpstream) => Gate): Promise<Relay> {
  const [client, ours] = InMemoryTransport.createLinkedPair();
  const [upstream, theirs] = InMemoryTransport.createLinkedPair();
  const reached: string[] = [];
  const ended = new Map<string | number, (response: Response) => string | undefined>();
  const signals = new Map<unknown, AbortController>();
  let questions = 0;

  const ask: AskUpstream = (method, params) =>
    new Promise((resolve, reject) => {
      const id = `aegis-${questions++}`;
      ended.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result);
        else reject(Object.assign(new Error('error'), { code: (error as { code: number }).code }));
        return undefined;
      });
      void upstream.send({ jsonrpc: '2.0', id, method, params });
    });
  const gate = gateOf(ask);
  const toClient = (text: string | undefined): void => {
    if (text !== undefined) void ours.send(JSON.parse(text) as Json);
  };

  const act = (request: Request, disposition: Disposition): void => {
    if (disposition.type === 'answer') return toClient(disposition.text);
    if (disposition.type === 'nothing') return;
    reached.push(request.method);
    const told = disposition.ended;
    ended.set(request.id, (response) => told?.({ type: 'response', response }) ?? response.text);
    void upstream.send(JSON.parse(disposition.text) as Json);
  };
  const fromClient = (json: Json): void => {
    const read = readClientMessage(Buffer.from(JSON.stringify(json)));
    if ('refused' in read) throw new Error(read.refused.because);
    const { message } = read;
    if (message.kind === 'request') {
      const controller = new AbortController();
      signals.set(message.id, controller);
      const circumstances = { signal: controller.signal, notify: toClient, held: () => undefined };
      void gate.request(message, circumstances).then((disposition) => act(message, disposition));
    } else {
      if (message.kind === 'notification' && message.method === 'notifications/cancelled') {
        signals.get(message.params?.['requestId'])?.abort();
      }
      void upstream.send(json);
    }
  };
  const fromServer = (json: Json): void => {
    const read = readServerMessage(Buffer.from(JSON.stringify(json)));
    if ('nonsense' in read) throw new Error(read.nonsense);
    if (read.message.kind !== 'response') return toClient(read.message.text);
    const told = ended.get(read.message.id);
    ended.delete(read.message.id);
    toClient(told?.(read.message));
  };
  Object.assign(ours, { onmessage: fromClient });
  Object.assign(upstream, { onmessage: fromServer });
  await Promise.all([ours.start(), upstream.start()]);
  const serving = serveStdio(factory, { transport: theirs });
  return {
    transport: client,
    reached,
    async close() {
      await gate.close();
      await client.close();
      await serving.close();
    },
  };
}
