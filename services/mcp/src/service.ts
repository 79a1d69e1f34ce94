import { readFile } from 'node:fs/promises';
import { createRefusals, type Refusals, type Responder } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import { notAsked, type WhoIsAsked } from '@aegis/contracts/asked-words';
import { OF_KEY } from '@aegis/contracts/identities';
import { createLimitOf, createRequestAllowance } from '@aegis/contracts/limits';
import { createFirewall, type Firewall, type GateOptions, sealSecret } from '@aegis/firewall/gate';
import { createOwn } from '@aegis/firewall/own';
import { createAllowance, createLimiter } from '@aegis/kit/allowance';
import { ConfigError } from '@aegis/kit/env';
import { keepStrangersOut } from '@aegis/kit/reach';
import { createIdentityReplica } from '@aegis/replicas/identities';
import type { McpConfig } from './config.ts';
import { createHttp } from './http.ts';
import { routes } from './nats.ts';
import type { OpenGate } from './proxy/connection.ts';
import { type Callers, createCallers } from './proxy/keys/callers.ts';
import { createKeyHolders } from './proxy/keys/key-holders.ts';
import type { Limits } from './proxy/limits.ts';
import { createProxy } from './proxy/proxy.ts';
import { createAgentDoor } from './relay/agent-door.ts';
import { createRelays } from './relay/relays.ts';
import { createTools } from './tools/all.ts';
import { createServer } from './tools/serve/server.ts';

/**
 * `address()` is the URL for MCP clients, such as `http://127.0.0.1:8001/mcp`; empty before `start`. `agentAddress()` is
 * where relays come in, such as `unix:/data/agent.sock`; undefined where none do. `whoIsAsked()` says who needs a key.
 */
export type Mcp = Service & {
  address(): string;
  agentAddress(): string | undefined;
  whoIsAsked(): Promise<WhoIsAsked>;
};

/** From the credential, so that every replica can open what another one sealed. */
async function secretOf({ NATS_NKEY_FILE: path }: McpConfig): Promise<Uint8Array | undefined> {
  return path === undefined ? undefined : sealSecret(await readFile(path));
}

const limitsOf = (config: McpConfig): Limits => ({
  answerTimeoutMs: config.MCP_ANSWER_TIMEOUT_MS,
  idleMs: config.MCP_IDLE_MS,
  maxProcesses: config.MCP_MAX_PROCESSES,
});

const HOUR_MS = 3_600_000;

const definitionRates = (config: McpConfig) => ({
  entries: { atOnce: config.DEFINITIONS_AT_ONCE, thenEach: config.DEFINITIONS_PER_HOUR, everyMs: HOUR_MS },
  kib: {
    atOnce: config.DEFINITIONS_KIB_AT_ONCE,
    thenEach: config.DEFINITIONS_KIB_PER_HOUR,
    everyMs: HOUR_MS,
  },
});

/** The firewall that judges what goes to the servers behind it, from the start of the service to its end. */
function createJudging({ bus, config, log, now }: Deps<McpConfig>) {
  let firewall: Firewall | undefined;
  const rates = definitionRates(config);
  return {
    async start() {
      firewall = await createFirewall({
        bus,
        log,
        now,
        allowance: createAllowance(config),
        definitions: createLimiter(() => rates),
        own: createOwn(config),
        secret: await secretOf(config),
        consoleUrl: config.CONSOLE_URL,
        timeoutMs: config.REQUEST_TIMEOUT_MS,
        unboundMeta: config.MCP_UNBOUND_META,
      });
    },
    openGate: (options: GateOptions) => {
      if (firewall === undefined) throw new ConfigError('The firewall has not started.');
      return firewall.gate(options);
    },
    release: () => firewall?.release(),
    problems: () => firewall?.health().problems ?? [],
    stop: async () => await firewall?.close(),
  };
}

/** What a request may take beyond its own deadline before the end of a relay no longer waits for it. */
const GRACE_MS = 500;

/** The relays of this machine, and the door that they come in by, where there is one. */
function createAgents(
  { bus, config, log }: Deps<McpConfig>,
  openGate: OpenGate,
  callers: Callers,
  refusals: Pick<Refusals, 'count'>,
) {
  const { AGENT_DIR: dir, AEGIS_SOCKET_DIR: sharedDir, REQUEST_TIMEOUT_MS: timeoutMs } = config;
  const tools = createTools({ bus, via: 'mcp-stdio', timeoutMs, refusals });
  const relays = createRelays({
    openGate,
    createServer: (principal) => createServer(tools, log, principal),
    drainMs: timeoutMs + GRACE_MS,
    refusals,
    log,
  });
  const door =
    dir === undefined ? undefined : createAgentDoor({ dir, sharedDir, callers, relays, refusals, log });
  return { door, relays };
}

/** The five tools, and the firewall in front of other MCP servers, over Streamable HTTP and for relays. */
export function createMcp(deps: Deps<McpConfig>): Mcp {
  const { bus, config, log, now } = deps;
  const refusals = createRefusals({ ask: bus.ask, log, door: 'mcp' });
  const tools = createTools({ bus, via: 'mcp-http', timeoutMs: config.REQUEST_TIMEOUT_MS, refusals });
  const judging = createJudging(deps);
  const keys = createKeyHolders({
    path: config.MCP_KEYS_FILE,
    neededPath: config.MCP_KEYS_NEEDED_FILE,
    log,
    changed: (isInFile) => {
      const isKept = (principal: string): boolean => isInFile(principal) || identities.isAgent(principal);
      proxy.keepPrincipals(isKept);
      relays.keepPrincipals((principal) => !principal.startsWith(OF_KEY) || isKept(principal));
    },
  });
  const identities = createIdentityReplica(bus, {
    now,
    ended: (ended) => {
      for (const ways of [proxy, relays]) ways.keepPrincipals((principal) => principal !== ended);
    },
  });
  const callers = createCallers({ keys, identities });
  const proxy = createProxy({
    serversPath: config.MCP_SERVERS,
    openGate: judging.openGate,
    limits: limitsOf(config),
    env: process.env,
    log,
  });
  const { door, relays } = createAgents(deps, judging.openGate, callers, refusals);
  const health = () => {
    // What the firewall lacks is no trouble where nothing ever stood behind it.
    const lacks = proxy.hasServers || relays.hadServer ? judging.problems() : [];
    const others = lacks.filter((problem) => problem !== bus.problem());
    return healthFrom(
      [
        bus.problem(),
        keys.problem,
        identities.problem,
        door?.problem,
        proxy.problem,
        bus.append.problem,
        ...others,
      ],
      proxy.warnings,
    );
  };
  const whoIsAsked = async (): Promise<WhoIsAsked> => {
    if (await identities.isAsked().catch(() => identities.wasAsked)) return 'everybody';
    return keys.principalOf(undefined) === undefined ? 'at mcp' : 'nobody';
  };
  const requests = createRequestAllowance(createLimitOf(config));
  const factory = () => createServer(tools, log);
  const http = createHttp({ factory, config, health, callers, proxy, log, refusals, requests });
  let responder: Responder | undefined;
  return {
    async start() {
      await judging.start();
      // Until it has caught up nobody is let in over HTTP, which is no reason to keep relays out.
      await Promise.all([keys.start(), proxy.start(), identities.start(config.REQUEST_TIMEOUT_MS)]);
      await keepStrangersOut(
        config,
        async () => keys.principalOf(undefined) === undefined || (await identities.isAsked()),
      );
      await http.listen();
      await door?.start();
      responder = await bus.respond(routes(health));
      const who = await whoIsAsked();
      if (who !== 'everybody') log.info(notAsked(who));
    },
    async stop() {
      judging.release();
      await Promise.all([http.close(), door?.stop()]);
      keys.stop();
      await identities.stop();
      await judging.stop();
      await refusals.close();
      await responder?.drain();
      responder = undefined;
    },
    health,
    address: () => http.address(),
    agentAddress: () => door?.address(),
    whoIsAsked,
  };
}
