import { randomUUID } from 'node:crypto';
import type { HttpUpstream, ServerEntry, StdioUpstream } from '@aegis/firewall/servers';
import type { Env } from '@aegis/kit/env';
import type { Logger } from '@aegis/kit/logger';
import type { Away } from './away.ts';
import { type Connection, type OpenGate, Unavailable } from './connection.ts';
import { HttpConnection } from './http/http-connection.ts';
import { HTTP_SESSION_IDLE_MS, type Limits, MAX_SESSIONS } from './limits.ts';
import { whoGivesWay } from './session-room.ts';
import { ProcessSlots } from './stdio/process-slots.ts';
import { StdioPool } from './stdio/stdio-pool.ts';
import { StdioSession } from './stdio/stdio-session.ts';

export type ConnectionsOptions = {
  readonly openGate: OpenGate;
  readonly limits: Limits;
  readonly away: Away;
  /** What `${NAME}` in the servers file stands for. */
  readonly env: Env;
  readonly log: Logger;
};

/** A connection that the registry knows, and when it was used last. */
export type Held<C extends Connection = Connection> = { readonly connection: C; lastUsedMs: number };
export type Session = Held<HttpConnection | StdioSession> & { readonly id: string };

const MAX_REAP_INTERVAL_MS = 30_000;

const isHttp = (entry: ServerEntry): entry is ServerEntry<HttpUpstream> => entry.upstream.kind === 'http';
const isStdio = (entry: ServerEntry): entry is ServerEntry<StdioUpstream> => entry.upstream.kind === 'stdio';

/** All connections of clients to servers: sessions by their id, and what comes without one by server and principal. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #slots: ProcessSlots;
  readonly #sessions = new Map<string, Session>();
  readonly #shared = new Map<string, Held>();
  /** Of entries that are no longer in force, until what is under way there is over. */
  readonly #retired = new Set<Held>();
  readonly #reaper: NodeJS.Timeout;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#slots = new ProcessSlots(options.limits.maxProcesses);
    const everyMs = Math.min(MAX_REAP_INTERVAL_MS, Math.ceil(options.limits.idleMs / 4));
    this.#reaper = setInterval(() => this.#reap(), everyMs).unref();
  }

  /** The session with this id, where it is this principal's with this server. */
  session(id: string, server: string, principal: string): Session | undefined {
    const found = this.#sessions.get(id);
    if (found?.connection.entry.name !== server || found.connection.principal !== principal) return undefined;
    return found;
  }

  /** A new session; for a stdio server this starts a process. @throws Unavailable */
  begin(entry: ServerEntry, principal: string): Session {
    this.#makeRoom(principal);
    const id = randomUUID();
    const connection = this.#open(entry, principal, id);
    const session: Session = { id, connection, lastUsedMs: Date.now() };
    this.#sessions.set(id, session);
    return session;
  }

  async end({ id, connection }: Session, because: string): Promise<void> {
    if (!this.#sessions.delete(id)) return;
    await connection.close(because);
  }

  /** What this principal says to this server without a session. @throws Unavailable */
  shared(entry: ServerEntry, principal: string): Held {
    const key = `${entry.name} ${principal}`;
    const known = this.#shared.get(key);
    if (known?.connection.entry === entry) return known;
    const held = { connection: this.#openShared(entry, principal), lastUsedMs: Date.now() };
    if (known !== undefined) this.#retired.add(known);
    this.#shared.set(key, held);
    return held;
  }

  /** Other entries are in force: what belongs to a server that is gone ends. */
  keepOnly(find: (name: string) => ServerEntry | undefined): void {
    const because = 'The server is no longer configured.';
    for (const session of this.#sessions.values()) {
      if (find(session.connection.entry.name) === undefined) void this.end(session, because);
    }
    for (const [key, held] of this.#shared) {
      if (find(held.connection.entry.name) === held.connection.entry) continue;
      this.#shared.delete(key);
      this.#retired.add(held);
    }
  }

  /** Ends what belongs to others, streams and held calls too: their keys are no longer good. */
  keepPrincipals(isKept: (principal: string) => boolean): void {
    const because = 'The key is no longer good.';
    for (const session of this.#sessions.values()) {
      if (!isKept(session.connection.principal)) void this.end(session, because);
    }
    for (const [key, { connection }] of this.#shared) {
      if (isKept(connection.principal)) continue;
      this.#shared.delete(key);
      void connection.close(because);
    }
    for (const held of this.#retired) {
      if (isKept(held.connection.principal)) continue;
      this.#retired.delete(held);
      void held.connection.close(because);
    }
  }

  async close(because: string): Promise<void> {
    clearInterval(this.#reaper);
    const all: Held[] = [...this.#sessions.values(), ...this.#shared.values(), ...this.#retired];
    this.#sessions.clear();
    this.#shared.clear();
    this.#retired.clear();
    await Promise.all(all.map(({ connection }) => connection.close(because)));
  }

  #open(entry: ServerEntry, principal: string, sessionId: string): HttpConnection | StdioSession {
    const common = { ...this.#common(entry, principal), sessionId };
    if (isHttp(entry)) return new HttpConnection({ ...common, entry });
    if (!isStdio(entry)) throw new Unavailable(`The server ${entry.name} is of no known kind.`);
    const ended = (): void => void this.#sessions.delete(sessionId);
    return new StdioSession({ ...common, entry, ended });
  }

  #openShared(entry: ServerEntry, principal: string): Connection {
    const common = this.#common(entry, principal);
    if (isHttp(entry)) return new HttpConnection({ ...common, entry, sessionId: undefined });
    if (!isStdio(entry)) throw new Unavailable(`The server ${entry.name} is of no known kind.`);
    return new StdioPool({ ...common, entry });
  }

  #common({ name }: ServerEntry, principal: string) {
    const takeSlot = () => this.#slots.take(principal);
    return { ...this.#options, principal, takeSlot, log: this.#options.log.child({ server: name }) };
  }

  /** @throws Unavailable */
  #makeRoom(principal: string): void {
    const one = whoGivesWay(this.#sessions.values(), principal, MAX_SESSIONS);
    if (one !== undefined) void this.end(one, 'It made room for another session.');
  }

  #reap(): void {
    const { idleMs } = this.#options.limits;
    const isIdle = ({ connection, lastUsedMs }: Held): boolean => {
      const mayBe = isStdio(connection.entry) ? idleMs : HTTP_SESSION_IDLE_MS;
      return connection.isIdle() && Date.now() - lastUsedMs >= mayBe;
    };
    for (const session of this.#sessions.values()) {
      if (isIdle(session)) void this.end(session, 'The session had nothing to do.');
    }
    for (const [key, held] of this.#shared) {
      if (held.connection instanceof StdioPool) held.connection.reap(idleMs);
      if (!isIdle(held)) continue;
      this.#shared.delete(key);
      this.#retired.add(held);
    }
    for (const held of this.#retired) {
      if (!held.connection.isIdle()) continue;
      this.#retired.delete(held);
      void held.connection.close('The connection had nothing to do.');
    }
  }
}
