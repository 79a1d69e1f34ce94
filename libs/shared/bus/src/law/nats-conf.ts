import { type Account, accounts, type Export, type Import } from './accounts.ts';
import type { Identity, PublicKeys } from './identities.ts';
import { permissionsOf } from './permissions.ts';

export type NatsConfOptions = {
  readonly host: string;
  /** TCP port; -1 lets the system choose a free one. */
  readonly port: number;
  /** The folder in which the server makes its own folder `jetstream`. */
  readonly storeDir: string;
  readonly identities: PublicKeys;
  readonly pidFile?: string;
  /** Folder where the server writes `nats-server_<pid>.ports` once it listens. */
  readonly portsFileDir?: string;
  /** Port of the monitoring endpoint (`/healthz`); without it there is none. */
  readonly httpPort?: number;
};

const MIB = 1024 * 1024;

/** Room for 1 MiB of arguments, escaped, inside an event inside a request. */
export const MAX_PAYLOAD_BYTES = 4 * MIB;
/** What the server holds for a connection before it cuts it off; its default is 64 MiB. */
const MAX_PENDING_BYTES = 256 * MIB;

/** Memory that JetStream may use; stream AEGIS_CHECKS reserves half of it. */
export const MAX_MEMORY_STORE_BYTES = 128 * MIB;
/** A pebibyte: more than a disk has. */
const MAX_FILE_STORE_BYTES = 1_073_741_824 * MIB;

const text = (value: string): string => JSON.stringify(value);
const list = (subjects: readonly string[]): string => `[${subjects.map(text).join(', ')}]`;

/** An empty allow list would allow all, so nothing to allow is written as a deny. */
function allow(subjects: readonly string[], except: readonly string[] = []): string {
  if (subjects.length === 0) return '{ deny: ">" }';
  const deny = except.length === 0 ? '' : `, deny: ${list(except)}`;
  return `{ allow: ${list(subjects)}${deny} }`;
}

function user(identity: Identity, publicKey: string): string {
  const { publish, neverPublish, subscribe, responds } = permissionsOf(identity);
  return [
    `    users: [{ nkey: ${publicKey}, permissions: {`,
    `        publish: ${allow(publish, neverPublish)}`,
    `        subscribe: ${allow(subscribe)}`,
    ...(responds ? ['        allow_responses: { max: 1, expires: "10m" }'] : []),
    '    } }]',
  ].join('\n');
}

/** `accounts` keeps it private: an export without it is everybody's. */
const exported = ({ kind, subject, many, to }: Export): string =>
  `      { ${kind}: ${text(subject)}, accounts: ${list(to)}${many ? ', response_type: stream' : ''} }`;

const imported = ({ kind, from, subject }: Import): string =>
  `      { ${kind}: { account: ${text(from)}, subject: ${text(subject)} } }`;

const block = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`    ${name}: [`, ...lines, '    ]'];

function account(one: Account, identities: PublicKeys): string[] {
  return [
    `  ${text(one.name)}: {`,
    ...(one.jetstream ? ['    jetstream: enabled'] : []),
    ...(one.user === undefined ? [] : [user(one.user, identities[one.user])]),
    ...block('exports', one.exports.map(exported)),
    ...block('imports', one.imports.map(imported)),
    '  }',
  ];
}

function listening(options: NatsConfOptions): string[] {
  return [
    'server_name: aegis',
    `host: ${text(options.host)}`,
    `port: ${options.port}`,
    ...(options.httpPort === undefined ? [] : [`http: ${text(`${options.host}:${options.httpPort}`)}`]),
    ...(options.pidFile === undefined ? [] : [`pid_file: ${text(options.pidFile)}`]),
    ...(options.portsFileDir === undefined ? [] : [`ports_file_dir: ${text(options.portsFileDir)}`]),
    `max_payload: ${MAX_PAYLOAD_BYTES}`,
    `max_pending: ${MAX_PENDING_BYTES}`,
    'lame_duck_grace_period: "2s"',
    'lame_duck_duration: "30s"',
  ];
}

/** The text of nats.conf: the same for the embedded server and for the one in a container. */
export function natsConf(options: NatsConfOptions): string {
  return `${[
    ...listening(options),
    '',
    'jetstream {',
    `  store_dir: ${text(options.storeDir)}`,
    `  max_memory_store: ${MAX_MEMORY_STORE_BYTES}`,
    '  # The disk is the limit: by itself the server takes three quarters of what is free as it starts, what it holds or not.',
    `  max_file_store: ${MAX_FILE_STORE_BYTES}`,
    '  # An acknowledged message is on the disk, not in its cache: without this, two minutes may be lost.',
    '  sync_interval: always',
    '}',
    '',
    '# An answer ends in the account of whoever asked: no request can point it at the log.',
    'accounts {',
    ...accounts().flatMap((one) => account(one, options.identities)),
    '}',
  ].join('\n')}\n`;
}
