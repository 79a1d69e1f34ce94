import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AEGIS_LAUNCHER, type AegisStack, startStack } from '../targets/aegis.ts';
import type { Channel, ProxyTarget } from './channel.ts';
import { openHttpChannel } from './http-channel.ts';
import { NAMES, TOPOLOGIES } from './names.ts';
import {
  EVERYTHING,
  peerVersions,
  type Served,
  startCivic,
  startEverything,
  startMcpProxy,
  startSupergateway,
} from './peers.ts';
import { type Command, openStdioChannel } from './stdio-channel.ts';

const ALLOW_ALL = { version: 2, rules: [{ match: '*', decision: 'allow' }] };
const NODE = process.execPath;

export type Bench = {
  targets: ProxyTarget[];
  stack: AegisStack;
  versions: Record<string, string>;
  /** One more `aegis wrap` of its own. */
  openWrap(): Promise<Channel>;
};

const direct: Command = { command: NODE, args: [EVERYTHING] };
const wrap = (dataDir: string, ...options: string[]): Command => ({
  command: NODE,
  args: [AEGIS_LAUNCHER, 'wrap', '--name', 'everything', ...options, '--', NODE, EVERYTHING],
  env: { AEGIS_DATA_DIR: dataDir, NATS_URL: '' },
});

/** A stack with the upstream behind it twice: over HTTP, and as a command. */
async function startFirewall(dataDir: string, upstream: string): Promise<AegisStack> {
  const path = join(dataDir, 'mcp-servers.json');
  const mcpServers = { http: { url: upstream }, stdio: { command: NODE, args: [EVERYTHING] } };
  await writeFile(path, JSON.stringify({ mcpServers }));
  return startStack(dataDir, ALLOW_ALL, { MCP_SERVERS: path });
}

async function openTargets(dataDir: string, mcpUrl: string, urls: Record<string, string>) {
  const { stdio, http, bridge } = TOPOLOGIES;
  const ways: [string, string, () => Promise<Channel>][] = [
    [stdio, NAMES.direct, () => openStdioChannel(direct)],
    [stdio, NAMES.wrap, () => openStdioChannel(wrap(dataDir))],
    [stdio, NAMES.background, () => openStdioChannel(wrap(dataDir, '--record-in-background'))],
    [http, NAMES.direct, () => openHttpChannel(urls['everything'] ?? '')],
    [http, NAMES.aegis, () => openHttpChannel(`${mcpUrl}/http`)],
    [http, NAMES.civic, () => openHttpChannel(urls['civic'] ?? '')],
    [bridge, NAMES.aegis, () => openHttpChannel(`${mcpUrl}/stdio`)],
    [bridge, 'mcp-proxy', () => openHttpChannel(urls['mcp-proxy'] ?? '')],
    [bridge, 'supergateway', () => openHttpChannel(urls['supergateway'] ?? '')],
  ];
  const targets: ProxyTarget[] = [];
  for (const [topology, name, open] of ways) {
    console.log(`  ${topology}: ${name}`);
    targets.push({ topology, name, channel: await open() });
  }
  return targets;
}

/** Starts everything that is measured, with the firewall's data in `dataDir`; `stops` gets what ends it, the last first. */
export async function startBench(dataDir: string, stops: (() => Promise<void>)[]): Promise<Bench> {
  const keep = async (served: Promise<Served>): Promise<string> => {
    const { url, child } = await served;
    stops.unshift(() => child.stop());
    return url;
  };
  const everything = await keep(startEverything());
  const urls = {
    everything,
    civic: await keep(startCivic(everything)),
    'mcp-proxy': await keep(startMcpProxy()),
    supergateway: await keep(startSupergateway()),
  };
  const stack = await startFirewall(dataDir, everything);
  stops.unshift(() => stack.stop());
  const targets = await openTargets(dataDir, stack.mcpUrl, urls);
  for (const { channel } of targets) stops.unshift(() => channel.close());
  const versions = { ...stack.versions, ...(await peerVersions()) };
  return { targets, stack, versions, openWrap: () => openStdioChannel(wrap(dataDir)) };
}
