import { hostname, networkInterfaces } from 'node:os';
import type { OwnAddress } from '@aegis/policy-engine';
import type { OwnSettings } from './settings.ts';

const HERE = 'here';
const EVERYWHERE = new Set(['0.0.0.0', '::', '']);
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/i;
const PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'nats:': 4222, 'tls:': 4222 };

/** What listens at a URL, or at `host:port`; nothing where it is neither. */
function addressAt(text: string, what: string): OwnAddress[] {
  const url = URL.parse(
    text.includes('://') ? text : `tcp://${text.startsWith(':') ? `localhost${text}` : text}`,
  );
  const port = Number(url?.port) || PORTS[url?.protocol ?? ''];
  if (url === null || port === undefined) return [];
  const host = url.hostname.toLowerCase();
  return [{ host: LOOPBACK.test(host) ? HERE : host.replace(/^\[|\]$/g, ''), port, what }];
}

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** A port of this machine; 0 stands for one that nobody knows yet. */
const here = (port: number | undefined, what: string): OwnAddress[] =>
  port === undefined || port === 0 ? [] : [{ host: HERE, port, what }];

/** Where the parts of the firewall listen: the ports that this service knows, and those that it is told of. */
export function ownAddresses(settings: OwnSettings): OwnAddress[] {
  const { PORT, MCP_PORT = 8001, CONSOLE_URL = 'http://127.0.0.1:8000', NATS_URL, OWN_ADDRESSES } = settings;
  return [
    ...here(PORT, 'the gateway of the firewall'),
    ...here(MCP_PORT, 'the MCP server of the firewall'),
    ...addressAt(CONSOLE_URL, 'the console of the firewall'),
    ...list(NATS_URL).flatMap((url) => addressAt(url, 'the message bus of the firewall')),
    ...list(OWN_ADDRESSES).flatMap((one) =>
      addressAt(/^\d+$/.test(one) ? `:${one}` : one, 'an address of the firewall'),
    ),
  ];
}

/** Names of this machine, and where it is reached from elsewhere where the firewall listens there. */
export function ownHosts({ HOST, ALLOWED_HOSTS = [] }: OwnSettings): string[] {
  const name = hostname().toLowerCase();
  const names = [name, name.split('.')[0] ?? name, ...ALLOWED_HOSTS];
  if (HOST === undefined || LOOPBACK.test(HOST)) return names;
  if (!EVERYWHERE.has(HOST)) return [...names, HOST.toLowerCase()];
  const interfaces = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [...names, ...interfaces.map(({ address }) => address.toLowerCase())];
}
