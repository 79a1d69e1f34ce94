import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Refusals } from '@aegis/bus';
import type { Gate, GateOptions } from '@aegis/firewall/gate';
import type { Logger } from '@aegis/kit/logger';
import type { McpServer } from '@modelcontextprotocol/server';
import { createBudget } from './budget.ts';
import type { RelayHello } from './hello.ts';
import { type RelayConnection, serveRelay } from './serve-relay.ts';
import type { Session, SessionLine } from './session.ts';
import { createToolsSession } from './tools-session.ts';
import { createTurns } from './turns.ts';
import { createWrapSession } from './wrap-session.ts';

/** One wrapped server of one client has one. */
export const MAX_RELAYS = 256;
/** Begins as it does over HTTP; whoever reads it may have no other way to hear of it. */
const REVOKED = 'The key is no longer good. Ask whoever runs the firewall for one ("aegis keys add").';
/** What is under way may end within this time when the service stops. */
const FINISH_WITHIN_MS = 1_500;

export type RelaysOptions = {
  readonly openGate: (options: GateOptions) => Gate;
  /** Makes the server with the five tools, for one principal. */
  readonly createServer: (principal: string) => McpServer;
  /** How long the end of a client of the tools waits for answers, in milliseconds. */
  readonly drainMs: number;
  /** Where what is refused before a tool is asked is counted, by who asked. */
  readonly refusals?: Pick<Refusals, 'count'> | undefined;
  readonly log: Logger;
  readonly answersMs?: number;
};

export type Relays = ReturnType<typeof createRelays>;

/** All relays that are connected. */
export function createRelays(options: RelaysOptions) {
  const { openGate, createServer, drainMs, refusals, log, answersMs } = options;
  const connections = new Set<RelayConnection>();
  const budget = createBudget();
  const turns = createTurns();
  let hadServer = false;

  const open = (hello: RelayHello, principal: string, line: SessionLine): Session => {
    if (hello.mode === 'wrap') {
      hadServer = true;
      return createWrapSession({ line, hello, principal, openGate, budget, turns, answersMs });
    }
    const { initialize } = hello;
    return createToolsSession({
      line,
      initialize,
      createServer: () => createServer(principal),
      drainMs,
      budget,
      turns,
      refused: (kind) => refusals?.count(kind, principal),
    });
  };
  return {
    get isFull(): boolean {
      return connections.size >= MAX_RELAYS;
    },
    /** Whether a relay came that stands for a server, gone by now or not. */
    get hadServer(): boolean {
      return hadServer;
    },
    /** Serves a relay whose key is right. */
    serve(socket: Socket, principal: string): void {
      const closed = (connection: RelayConnection): void => void connections.delete(connection);
      const broken = (): void => refusals?.count('relay_protocol', principal);
      connections.add(serveRelay({ socket, principal, log, turns, broken, open, closed }));
    },
    /** Ends what belongs to others: their keys are no longer good. */
    keepPrincipals(isKept: (principal: string) => boolean): void {
      for (const connection of connections) {
        if (!isKept(connection.principal)) void connection.end(REVOKED);
      }
    },
    /** Lets what is under way end for a moment, then ends all of them; they may come back. */
    async stop(): Promise<void> {
      const settled = Promise.all([...connections].map((connection) => connection.settled()));
      await Promise.race([settled, sleep(FINISH_WITHIN_MS, undefined, { ref: false })]);
      await Promise.all([...connections].map((connection) => connection.end()));
    },
  };
}
