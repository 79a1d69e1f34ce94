import { isIPv6 } from 'node:net';

const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where a browser on this machine finds the console. A gateway that listens everywhere listens on loopback, too. */
export function consoleUrl(host: string | undefined, port: number): string {
  const name = host || '127.0.0.1';
  const reached = EVERYWHERE[name] ?? name;
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}`;
}
