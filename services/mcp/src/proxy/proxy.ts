import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorResponse } from '@aegis/firewall/wire';
import type { Logger } from '@aegis/kit/logger';
import type { Turn } from '../door.ts';
import { createAway } from './away.ts';
import { type OpenGate, Unavailable } from './connection.ts';
import { Connections } from './connections.ts';
import { ClientStream } from './http/client-stream.ts';
import type { Limits } from './limits.ts';
import { HTTP_REFUSAL, Refused } from './refused.ts';
import { type ClientRequest, Router } from './router.ts';
import { createServersFile } from './servers/servers-file.ts';

const METHODS = 'POST, GET, DELETE';
/** What is under way may end within this time when the service stops. */
const FINISH_WITHIN_MS = 1_500;

export type ProxyOptions = {
  readonly serversPath: string;
  readonly openGate: OpenGate;
  readonly limits: Limits;
  /** What `${NAME}` in the servers file stands for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
};

export type Proxy = ReturnType<typeof createProxy>;

async function serve(router: Router, asked: ClientRequest): Promise<void> {
  const { request, out } = asked;
  if (request.method === 'POST') return await router.post(asked);
  // Whoever listens does so for long.
  asked.turn.end();
  if (request.method === 'GET') return await router.get(asked);
  if (request.method === 'DELETE') return await router.delete(asked);
  out.setHeader('allow', METHODS);
  throw new Refused(405, `Method not allowed: ${METHODS} are served here.`);
}

/** The MCP servers behind the firewall, over Streamable HTTP: one path each. */
export function createProxy({ serversPath, openGate, limits, env, log }: ProxyOptions) {
  const away = createAway();
  const connections = new Connections({ openGate, limits, env, log, away });
  const router = new Router(connections);
  const servers = createServersFile(serversPath, log, (find) => {
    connections.keepOnly(find);
    away.keepOnly(find);
  });
  return {
    start: (): Promise<void> => servers.start(),
    /** Lets what is under way end for a moment, then ends all connections and processes. */
    async stop(): Promise<void> {
      servers.stop();
      away.stop();
      await Promise.race([router.settled(), sleep(FINISH_WITHIN_MS, undefined, { ref: false })]);
      await connections.close('The firewall is stopping.');
    },
    /** Serves a request to `/mcp/{name}` whose Host, Origin and key are right. */
    async handle(
      name: string,
      principal: string,
      request: IncomingMessage,
      response: ServerResponse,
      turn: Turn,
    ): Promise<void> {
      const out = new ClientStream(request, response);
      const entry = servers.find(name);
      try {
        if (entry === undefined) {
          const problem = servers.problemOf(name);
          throw problem === undefined ? new Refused(404, 'No such server.') : new Unavailable(`${problem}.`);
        }
        await serve(router, { entry, principal, request, out, turn });
      } catch (thrown) {
        if (thrown instanceof Refused) return out.answerJson(thrown.answer, thrown.status);
        if (!(thrown instanceof Unavailable)) throw thrown;
        out.answerJson(errorResponse('null', HTTP_REFUSAL, thrown.message), 503);
      }
    },
    /** Ends what belongs to others. */
    keepPrincipals: (isKept: (principal: string) => boolean): void => connections.keepPrincipals(isKept),
    get problem(): string | undefined {
      return servers.problem;
    },
    /** Sentences of servers that are away, and of entries that are no servers: no trouble of the firewall's own. */
    get warnings(): string[] {
      return [...away.warnings, ...servers.warnings];
    },
    get hasServers(): boolean {
      return servers.size > 0;
    },
  };
}
