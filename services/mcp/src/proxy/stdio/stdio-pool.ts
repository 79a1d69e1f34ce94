import type { AskUpstream, Gate } from '@aegis/firewall/gate';
import type { ServerEntry, StdioUpstream } from '@aegis/firewall/servers';
import {
  errorResponse,
  INTERNAL_ERROR,
  INVALID_REQUEST,
  type Message,
  type Request,
} from '@aegis/firewall/wire';
import { admitNotification, admitResponse, gateFor, judge, openCall } from '../admit.ts';
import { type Call, Calls } from '../calls.ts';
import { type Connection, type Exchange, Unavailable } from '../connection.ts';
import type { ClientStream } from '../http/client-stream.ts';
import { createParameterHeaders } from '../http/param-headers.ts';
import { serverFolders } from '../servers/server-folders.ts';
import { StdioLink } from './stdio-link.ts';
import type { StdioConnectionOptions } from './stdio-session.ts';

const ACCEPTED = 202;
const METHOD_NOT_ALLOWED = 405;

/**
 * What one principal says to a stdio server without a session, as clients of the modern era do. Requests share a process,
 * unless two of them could be taken for each other: then there is one more.
 */
export class StdioPool implements Connection {
  readonly entry: ServerEntry<StdioUpstream>;
  readonly principal: string;
  readonly gate: Gate;
  readonly #options: StdioConnectionOptions;
  readonly #calls = new Calls(false);
  readonly #links = new Set<StdioLink>();

  constructor(options: StdioConnectionOptions) {
    this.#options = options;
    this.entry = options.entry;
    this.principal = options.principal;
    const folders = serverFolders(options.entry.upstream, options.env);
    this.gate = gateFor(options.entry, options.principal, options.openGate, this.#ask, folders);
  }

  isIdle(): boolean {
    return this.#calls.size === 0;
  }

  async post(message: Message, exchange: Exchange): Promise<void> {
    const { out } = exchange;
    if (message.kind === 'request') return await this.#request(message, exchange);
    if (message.kind === 'notification' && !admitNotification(this.gate, this.#calls, message, out)) return;
    if (message.kind === 'response') {
      const asking = [...this.#links].filter(({ asked }) => asked.close(message.id));
      if (!admitResponse(this.gate, asking.length > 0, message, out)) return;
      for (const link of asking) link.send(this.gate.clientResponse(message));
      return out.send(ACCEPTED, undefined);
    }
    for (const link of this.#links) link.send(message.text);
    out.send(ACCEPTED, undefined);
  }

  get({ out }: Exchange): Promise<void> {
    return this.#noSession(out);
  }

  delete({ out }: Exchange): Promise<void> {
    return this.#noSession(out);
  }

  /** Ends the processes that had nothing to do for so long. */
  reap(idleMs: number): void {
    for (const link of this.#links) {
      if (link.idleMs >= idleMs) void link.stop('it had nothing to do');
    }
  }

  async close(because: string): Promise<void> {
    this.#calls.loseAll(because);
    await Promise.all([...[...this.#links].map((link) => link.stop(because)), this.gate.close()]);
  }

  readonly #ask: AskUpstream = async (method, params, signal) => {
    const [link = this.#start()] = this.#links;
    return await link.ask(method, params, signal);
  };

  /** @throws Unavailable */
  #start(): StdioLink {
    const link: StdioLink = new StdioLink({
      ...this.#options,
      calls: this.#calls,
      gate: () => this.gate,
      unclaimed: (text, newest) => newest?.notify(text),
      ended: () => void this.#links.delete(link),
    });
    this.#links.add(link);
    return link;
  }

  async #request(request: Request, { out, headers, era }: Exchange): Promise<void> {
    const call = openCall(this.gate, this.#calls, request, out);
    if (call === undefined) return;
    const { disagrees } = createParameterHeaders(headers);
    const disposition = await judge(this.gate, call, out, era === 'modern' ? disagrees : undefined);
    if (disposition === undefined) return this.#calls.close(call);
    const link = this.#linkFor(call, out);
    if (link === undefined) return;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const leave = (): void => link.abandon(call);
    out.gone.addEventListener('abort', leave, { once: true });
    link.forward(call, disposition.text, {
      notify: (text) => void out.notify(text),
      answer: (text) => {
        out.answer(text);
        resolve();
      },
    });
    if (out.gone.aborted) leave();
    await over;
    out.gone.removeEventListener('abort', leave);
  }

  #linkFor(call: Call, out: ClientStream): StdioLink | undefined {
    try {
      return [...this.#links].find((link) => link.canTake(call.request)) ?? this.#start();
    } catch (error) {
      const sentence = error instanceof Unavailable ? error.message : 'The server can not be started.';
      const text = call.end({ type: 'lost', because: `${sentence} Nothing was sent.`, isUnsent: true });
      this.#calls.close(call);
      out.answer(text ?? errorResponse(call.request.rawId, INTERNAL_ERROR, sentence), 503);
      return undefined;
    }
  }

  #noSession(out: ClientStream): Promise<void> {
    out.setHeader('allow', 'POST');
    const sentence = 'Method not allowed: there is no session here, so nothing to GET or DELETE.';
    out.answer(errorResponse('null', INVALID_REQUEST, sentence), METHOD_NOT_ALLOWED);
    return Promise.resolve();
  }
}
