import type { Gate } from '@aegis/firewall/gate';
import type { ServerEntry, StdioUpstream } from '@aegis/firewall/servers';
import type { Message, Request } from '@aegis/firewall/wire';
import { admitNotification, admitResponse, gateFor, judge, openCall } from '../admit.ts';
import { Calls } from '../calls.ts';
import type { Connection, Exchange, OpenGate } from '../connection.ts';
import type { ClientStream } from '../http/client-stream.ts';
import { serverFolders } from '../servers/server-folders.ts';
import { SessionStreams } from './session-streams.ts';
import { type Sink, StdioLink, type StdioLinkOptions } from './stdio-link.ts';

export type StdioConnectionOptions = Pick<
  StdioLinkOptions,
  'env' | 'log' | 'limits' | 'takeSlot' | 'away'
> & {
  readonly entry: ServerEntry<StdioUpstream>;
  readonly principal: string;
  readonly openGate: OpenGate;
};

export type StdioSessionOptions = StdioConnectionOptions & {
  readonly sessionId: string;
  /** The process is gone, and the session with it. */
  readonly ended: () => void;
};

const ACCEPTED = 202;

/** A client's session with a process of its own. The end of a connection cancels nothing: clients say so where they do. */
export class StdioSession implements Connection {
  readonly entry: ServerEntry<StdioUpstream>;
  readonly principal: string;
  readonly gate: Gate;
  readonly #sessionId: string;
  readonly #calls = new Calls(true);
  readonly #link: StdioLink;
  readonly #streams = new SessionStreams();
  #requests = 0;

  /** @throws Unavailable */
  constructor(options: StdioSessionOptions) {
    const { entry, principal, openGate, sessionId } = options;
    this.entry = entry;
    this.principal = principal;
    this.#sessionId = sessionId;
    this.#link = new StdioLink({
      ...options,
      calls: this.#calls,
      gate: () => this.gate,
      unclaimed: (text, newest) => this.#unclaimed(text, newest),
      ended: (because) => {
        this.#calls.loseAll(because);
        this.#streams.endAll();
        options.ended();
      },
    });
    const folders = serverFolders(entry.upstream, options.env);
    this.gate = gateFor(entry, principal, openGate, this.#link.ask, folders);
  }

  get isEstablished(): boolean {
    return !this.#link.isOver;
  }

  isIdle(): boolean {
    return this.#calls.size === 0 && !this.#streams.isListening;
  }

  async post(message: Message, { out }: Exchange): Promise<void> {
    out.setHeader('mcp-session-id', this.#sessionId);
    if (message.kind === 'request') return await this.#request(message, out);
    if (message.kind === 'notification') {
      if (!admitNotification(this.gate, this.#calls, message, out)) return;
      if (message.method === 'notifications/cancelled') this.#link.cancelled(message.params?.['requestId']);
    }
    if (message.kind === 'response') {
      if (!admitResponse(this.gate, this.#link.asked.close(message.id), message, out)) return;
      this.#link.send(this.gate.clientResponse(message));
    } else this.#link.send(message.text);
    out.send(ACCEPTED, undefined);
  }

  get({ headers, out }: Exchange): Promise<void> {
    out.setHeader('mcp-session-id', this.#sessionId);
    const last = headers['last-event-id'];
    this.#streams.attach(out, typeof last === 'string' ? last : undefined);
    return Promise.resolve();
  }

  delete({ out }: Exchange): Promise<void> {
    out.send(200, undefined);
    return Promise.resolve();
  }

  async close(because: string): Promise<void> {
    await Promise.all([this.#link.stop(because), this.gate.close()]);
  }

  async #request(request: Request, out: ClientStream): Promise<void> {
    const call = openCall(this.gate, this.#calls, request, out);
    if (call === undefined) return;
    const disposition = await judge(this.gate, call, out);
    if (disposition === undefined) return this.#calls.close(call);
    const { promise: over, resolve } = Promise.withResolvers<void>();
    this.#link.forward(call, disposition.text, this.#sinkOf(out, resolve));
    await over;
  }

  /** One JSON text where nothing comes before the answer; else a stream that the client can take up again. */
  #sinkOf(out: ClientStream, over: () => void): Sink {
    const stream = `request-${++this.#requests}`;
    let isOpen = false;
    const notify = (text: string): void => {
      if (!isOpen) this.#streams.open(stream, out);
      isOpen = true;
      this.#streams.send(stream, text);
    };
    const answer = (text: string): void => {
      const isStream = out.isStreaming || (isOpen && out.isEnded);
      if (isStream) {
        notify(text);
        this.#streams.finish(stream);
      } else out.answer(text);
      over();
    };
    return { notify, answer };
  }

  /** Goes where the client listens; else beside the newest answer; else it waits for the client to listen. */
  #unclaimed(text: string, newest: Sink | undefined): void {
    if (newest === undefined || this.#streams.isListening) this.#streams.sendToSession(text);
    else newest.notify(text);
  }
}
