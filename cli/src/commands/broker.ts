import { type Command, InvalidArgumentError } from 'commander';
import type { Host } from '../host.ts';
import { parseCount } from '../option-parsers.ts';
import { runs } from './runs.ts';

const MAX_PORT = 65_535;
const DEFAULT_PORT = 4_222;
const parsePort = parseCount(1, MAX_PORT);

function parseText(value: string): string {
  if (value === '') throw new InvalidArgumentError('expected a path or a name.');
  return value;
}

/** `aegis broker configure|provision|mend`: for operators. */
export function registerBroker(program: Command, host: Host): void {
  const broker = program.command('broker').description('set up a NATS server of your own, and mend the log');
  broker
    .command('configure')
    .description('write nats.conf and the keys of its users; keys that are there stay')
    .requiredOption('--dir <dir>', 'where nats.conf and keys/ go', parseText)
    .option('--host <host>', 'where the server listens', parseText, '127.0.0.1')
    .option('--port <port>', 'where the server listens', parsePort, DEFAULT_PORT)
    .option('--http-port <port>', 'where the server answers /healthz (default: nowhere)', parsePort)
    .option(
      '--store-dir <dir>',
      "the server's own folder for its data (default: jetstream in --dir)",
      parseText,
    )
    .action(runs(host, async () => (await import('../local/broker/configure.ts')).configureBroker));
  broker
    .command('provision')
    .description(
      'make the streams, or check those that are there; NATS_URL and NATS_NKEY_FILE (admin) say where',
    )
    .action(runs(host, async () => (await import('../local/broker/provision.ts')).provisionBroker));
  broker
    .command('mend')
    .argument(
      '<subject>',
      'a subject of the log whose last message is none of its events, as the health names it',
      parseText,
    )
    .description(
      'write the last good event of a subject again as the newest, on record; on the firewall that runs here, or by NATS_URL and NATS_NKEY_FILE (admin)',
    )
    .action(runs(host, async () => (await import('../local/broker/mend.ts')).mendBroker));
}
