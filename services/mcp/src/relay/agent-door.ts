import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Refusals } from '@aegis/bus';
import { RELAY_PATH, RELAY_PROTOCOL } from '@aegis/firewall/relay';
import { type Taking, takeOnChange } from '@aegis/kit/files';
import { repeatedHeader } from '@aegis/kit/headers';
import { ownHostNames } from '@aegis/kit/hosts';
import { bearerOf, holderOf } from '@aegis/kit/keys';
import type { Logger } from '@aegis/kit/logger';
import { osUserPrincipal } from '@aegis/kit/os-user';
import type { Callers } from '../proxy/keys/callers.ts';
import { UNKNOWN_KEY } from '../proxy/keys/key-holders.ts';
import { createAgentCredential } from './agent-credential.ts';
import { type AgentSocket, listenForAgents } from './agent-socket.ts';
import { MAX_RELAYS, type Relays } from './relays.ts';

/** A request to become a relay has to come in whole within this time, in milliseconds, and so often that is looked at. */
const ASK_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 500;
/** Connections that have not asked yet; the oldest of more makes room, since a relay asks at once. */
const MAX_SILENT = MAX_RELAYS;
/** Who is refused before anybody looks at a key: all that is known is that it is of this machine. */
const SOURCE = 'agent.sock';
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'upgrade']);
const LOCAL: ReadonlySet<string> = new Set(ownHostNames('127.0.0.1', []));

export type AgentDoorOptions = {
  /** The folder of the socket and the credential. */
  readonly dir: string;
  /** The folder of the socket instead, where its group may use it. */
  readonly sharedDir?: string | undefined;
  /** Who holds another key than the one for relays of this user. */
  readonly callers: Pick<Callers, 'holderOf'>;
  readonly relays: Pick<Relays, 'serve' | 'isFull' | 'keepPrincipals' | 'stop'>;
  readonly refusals: Pick<Refusals, 'count'>;
  readonly log: Logger;
  readonly platform?: NodeJS.Platform;
};

/** Why a request is no relay's. */
type Refusal = { readonly status: number; readonly code: string; readonly detail: string };

const refusal = (status: number, code: string, detail: string): Refusal => ({ status, code, detail });

const OTHER_VERSION = refusal(
  426,
  'upgrade_required',
  `This firewall speaks ${RELAY_PROTOCOL}: use a relay of the same version of AegisMCP, or restart the firewall where it is the older one.`,
);

const FULL = refusal(503, 'too_many_relays', `${MAX_RELAYS} relays are connected already: end some of them.`);
const NO_KEY = 'A credential is missing: a relay sends that of the data directory, or a key.';

function refuse(socket: Duplex, { status, code, detail }: Refusal): void {
  const body = JSON.stringify({ code, detail });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...(status === 401 ? ['www-authenticate: Bearer'] : []),
    ...(status === 426 ? [`upgrade: ${RELAY_PROTOCOL}`] : []),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** The host that a request names, without its port. */
const hostOf = ({ headers }: IncomingMessage): string =>
  (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();

/** What is wrong with a request before anybody looks at its key. */
function problemOf(request: IncomingMessage): Refusal | undefined {
  const { headers, method, url } = request;
  if (repeatedHeader(request, ONCE) !== undefined)
    return refusal(400, 'invalid_request', 'A header is there more than once.');
  if (!LOCAL.has(hostOf(request)) || headers.origin !== undefined) {
    return refusal(403, 'forbidden_origin', 'Only programs on this machine are served here.');
  }
  if (url !== RELAY_PATH || method !== 'GET') {
    return refusal(404, 'not_found', `Only GET ${RELAY_PATH} is served here.`);
  }
  return headers.upgrade === RELAY_PROTOCOL ? undefined : OTHER_VERSION;
}

/** Keeps those who connect and say nothing from taking all places. */
function limitSilent(server: Server): (stream: Duplex) => void {
  const silent = new Set<Duplex>();
  server.on('connection', (stream: Duplex) => {
    silent.add(stream);
    stream.once('close', () => silent.delete(stream));
    const [oldest] = silent;
    if (silent.size > MAX_SILENT) oldest?.destroy();
  });
  return (stream) => void silent.delete(stream);
}

/** Where relays of this machine come in: one HTTP request each, which becomes a connection of frames. */
export function createAgentDoor(options: AgentDoorOptions) {
  const { dir, sharedDir, callers, relays, refusals, log, platform } = options;
  const own = osUserPrincipal();
  const credential = createAgentCredential(dir, log, () =>
    relays.keepPrincipals((principal) => principal !== own),
  );
  let socket: AgentSocket | undefined;
  let watching: Taking | undefined;
  const server = createServer({
    headersTimeout: ASK_WITHIN_MS,
    requestTimeout: ASK_WITHIN_MS,
    connectionsCheckingInterval: LOOK_EVERY_MS,
  });
  // Those that make room are counted until they are closed.
  server.maxConnections = 2 * (MAX_RELAYS + MAX_SILENT);
  const hasAsked = limitSilent(server);
  const turnAway = (stream: Duplex, why: Refusal): void => {
    refusals.count(why.code, SOURCE);
    refuse(stream, why);
  };

  const principalOf = async (authorization: string | undefined): Promise<string | undefined> => {
    const key = bearerOf(authorization);
    if (key === undefined) return undefined;
    const { digest } = credential;
    return (digest && holderOf(key, [[own, digest]])) ?? callers.holderOf(authorization);
  };
  const admit = async (request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> => {
    const { authorization } = request.headers;
    if (relays.isFull) return turnAway(stream, FULL);
    const principal = await principalOf(authorization);
    // The door may have been closed meanwhile, or the last place taken.
    if (stream.destroyed || !server.listening) return void stream.destroy();
    if (relays.isFull) return turnAway(stream, FULL);
    if (principal === undefined) {
      log.info('a relay without a key was refused');
      const detail = bearerOf(authorization) === undefined ? NO_KEY : UNKNOWN_KEY;
      return turnAway(stream, refusal(401, 'unauthorized', detail));
    }
    hasAsked(stream);
    const relay = stream as Socket;
    relay.setNoDelay(true);
    relay.setTimeout(0);
    relay.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${RELAY_PROTOCOL}\r\n\r\n`,
    );
    relays.serve(relay, principal);
    if (head.length > 0) relay.unshift(head);
  };
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => undefined);
    const problem = problemOf(request);
    if (problem !== undefined) return turnAway(stream, problem);
    admit(request, stream, head).catch((err: unknown) => {
      log.error({ err }, 'a relay could not be let in');
      stream.destroy();
    });
  });
  server.on('request', (request, response) => {
    turnAway(response.socket ?? request.socket, problemOf(request) ?? OTHER_VERSION);
  });
  server.on('clientError', ({ code }: NodeJS.ErrnoException, stream) => {
    if (code !== 'ECONNRESET' && !stream.destroyed) refusals.count('not_http', SOURCE);
    stream.destroy();
  });

  const listen = (): Promise<AgentSocket> =>
    listenForAgents(server, sharedDir ?? dir, {
      ...(platform && { platform }),
      shared: sharedDir !== undefined,
    });
  /** Relays that are there stay; new ones find it again. */
  const listenAgain = async (): Promise<void> => {
    if (socket === undefined || !(await socket.isGone())) return;
    server.close();
    socket = await listen();
    log.warn({ address: socket.address }, 'the socket of relays was taken away, and is there again');
  };

  return {
    /** @throws ConfigError where the place is taken, or its credential is none */
    async start(): Promise<void> {
      await credential.start();
      socket = await listen();
      watching = takeOnChange(socket.address.replace(/^unix:/, ''), listenAgain, (err) =>
        log.error({ err }, 'the socket of relays was taken away; will be tried again'),
      );
      await watching.start();
    },
    /** Where relays come in, such as `unix:/data/agent.sock`; undefined while nobody does. */
    address: (): string | undefined => socket?.address,
    get problem(): string | undefined {
      return credential.problem;
    },
    /** Takes no new relays, and ends those that are there. */
    async stop(): Promise<void> {
      credential.stop();
      watching?.stop();
      if (socket === undefined) return;
      const closed = once(server.close(), 'close');
      await relays.stop();
      server.closeAllConnections();
      await closed;
      await socket.remove();
      socket = undefined;
    },
  };
}
