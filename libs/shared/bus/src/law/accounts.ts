import { LOG, SERVICES, type ServiceName, STREAM } from '@aegis/contracts/subjects';
import { IDENTITIES, type Identity } from './identities.ts';
import { permissionsOf } from './permissions.ts';
import { STREAMS } from './streams.ts';

/** The account of the log. Its name begins the names of all others, so that another set may stand beside it one day. */
export const LOG_ACCOUNT = STREAM;

/** What an account lets others ask or write (`service`), or listen to (`stream`), each of them by name. */
export type Export = {
  readonly kind: 'service' | 'stream';
  readonly subject: string;
  /** Whether a request may have more than one answer. */
  readonly many: boolean;
  readonly to: readonly string[];
};
export type Import = {
  readonly kind: 'service' | 'stream';
  readonly from: string;
  readonly subject: string;
};
export type Account = {
  readonly name: string;
  /** Whether it keeps a stream. */
  readonly jetstream: boolean;
  readonly user?: Identity;
  readonly exports: readonly Export[];
  readonly imports: readonly Import[];
};

const JS_INFO = '$JS.API.INFO';
/** Of what an identity may publish, what JetStream takes, with the stream in it. */
const STREAM_IN_API = /^\$JS\.(?:API\.(?:STREAM|CONSUMER|DIRECT)\.(?:MSG\.NEXT|\w+)|ACK)\.(\w+)/;
const MANY_ANSWERS = /^\$JS\.API\.(CONSUMER\.MSG\.NEXT\.|DIRECT\.GET\.AEGIS_DELIVERED$)/;

/** The account of an identity: it holds that one user and no stream. */
export const accountOf = (identity: Identity, log: string = LOG_ACCOUNT): string => `${log}-${identity}`;

/**
 * The account of a stream: that one stream is all that is in it. A consumer delivers wherever its maker says, within the
 * stream's account, and no permission sees where; in an account of its own there is nothing to be reached.
 */
export const storeOf = (stream: string, log: string = LOG_ACCOUNT): string =>
  `${log}${stream.slice(STREAM.length)}`;

function matches(pattern: string, subject: string): boolean {
  return subject === pattern || subject.startsWith(pattern.replace(/[*>]$/, ''));
}

/** The account that answers a subject, or keeps what is written on it. @throws RangeError where nobody does */
function answering(subject: string, log: string): string {
  const stream =
    STREAM_IN_API.exec(subject)?.[1] ??
    STREAMS.find(({ subjects }) => subjects.some((one) => matches(one, subject)))?.name;
  if (stream !== undefined) return storeOf(stream, log);
  const service = /^aegis\.rpc\.(\w+)\./.exec(subject)?.[1];
  const known = SERVICES.find((one): one is ServiceName => one === service);
  if (known) return accountOf(known, log);
  if (subject.startsWith('aegis.alive.')) return accountOf('mcp', log);
  throw new RangeError(`nobody answers ${subject}`);
}

/** What a stream hands on as it stores it. */
const republished = STREAMS.flatMap(({ name, republish }) =>
  republish ? [{ name, dest: republish.dest }] : [],
);

function importsOf(identity: Identity, log: string): Import[] {
  const { publish, subscribe } = permissionsOf(identity);
  const asked =
    identity === 'admin'
      ? importsOfAdmin(log)
      : publish
          .map((subject) => ({ kind: 'service' as const, from: answering(subject, log), subject }))
          // What it asks itself stays in its account: imported too, it would come twice.
          .filter(({ from }) => from !== accountOf(identity, log));
  // Without this one the server answers each request for JetStream itself too: "not enabled for this account".
  const info = asked.some(({ subject }) => subject.startsWith('$JS.'))
    ? [{ kind: 'service' as const, from: log, subject: JS_INFO }]
    : [];
  const heard = republished
    .filter(({ dest }) => subscribe.some((subject) => matches(subject, dest)))
    .map(({ name, dest }) => ({ kind: 'stream' as const, from: storeOf(name, log), subject: dest }));
  return [...asked, ...info, ...heard];
}

/** All of JetStream's API that names a stream. */
const apiOf = (stream: string): string[] =>
  [
    `STREAM.*.${stream}`,
    `STREAM.MSG.*.${stream}`,
    `CONSUMER.*.${stream}`,
    `CONSUMER.*.${stream}.>`,
    `CONSUMER.MSG.NEXT.${stream}.*`,
    `DIRECT.GET.${stream}`,
    `DIRECT.GET.${stream}.>`,
  ].map((subject) => `$JS.API.${subject}`);

/** The admin makes the streams, and mends the log. */
const importsOfAdmin = (log: string): Import[] => [
  ...STREAMS.flatMap(({ name }) =>
    apiOf(name).map((subject) => ({ kind: 'service' as const, from: storeOf(name, log), subject })),
  ),
  { kind: 'service', from: log, subject: `${LOG}.>` },
];

/** All that anybody imports from `name`, each with those who do. */
function exportsOf(name: string, importers: readonly (readonly [string, readonly Import[]])[]): Export[] {
  const found = new Map<string, Export & { to: string[] }>();
  for (const [importer, imports] of importers) {
    for (const { kind, from, subject } of imports) {
      if (from !== name) continue;
      const many = MANY_ANSWERS.test(subject);
      const one = found.get(subject) ?? { kind, subject, many, to: [] };
      one.to.push(importer);
      found.set(subject, one);
    }
  }
  return [...found.values()];
}

/**
 * All accounts of one log: each stream in its own, each identity in its own. What crosses from one to another is exported
 * by name to those whose permissions have it, and to nobody else.
 *
 * JetStream answers wherever a request's reply subject points, as itself. Across accounts that subject is the asker's own
 * business: the answer comes back as one of the server's making, and ends in the account of the asker, where nothing is
 * stored.
 */
export function accounts(identities: readonly Identity[] = IDENTITIES, log: string = LOG_ACCOUNT): Account[] {
  const users = identities.map((user) => ({
    name: accountOf(user, log),
    user,
    imports: importsOf(user, log),
  }));
  const importers = users.map(({ name, imports }) => [name, imports] as const);
  return [
    ...STREAMS.map(({ name: stream }) => {
      const name = storeOf(stream, log);
      return { name, jetstream: true, exports: exportsOf(name, importers), imports: [] };
    }),
    ...users.map((user) => ({ ...user, jetstream: false, exports: exportsOf(user.name, importers) })),
  ];
}
