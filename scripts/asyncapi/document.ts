import { rpcSubject } from '@aegis/contracts/subjects';
import packageJson from '../../package.json' with { type: 'json' };
import { CHANNELS, type Seen } from './channels.ts';
import { capital, eventKey, eventMessage, rpcKey, rpcMessages } from './messages.ts';
import { componentSchemas, type Json, RPCS, type Rpc } from './schemas.ts';

const DESCRIPTION = `The bus of AegisMCP: NATS with JetStream.

Channels under \`aegis.events\` are for everybody with a reading credential: facts, each seen only after it was stored.
Channels under \`aegis.rpc\` are the questions that the services ask each other. In words: docs/events.md.
`;

const ref = (path: string): Json => ({ $ref: `#/${path}` });
const messages = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, ref(`components/messages/${name}`)]));

function eventChannel({ address, title, about, parameter, types }: Seen): Json {
  const [, name] = /\{(\w+)\}/.exec(address) ?? [];
  const channel = { address, title, description: about, messages: messages(types.map(eventKey)) };
  if (parameter === undefined || name === undefined) return channel;
  const { description, values } = parameter;
  return { ...channel, parameters: { [name]: { description, enum: values } } };
}

const rpcChannels = (rpc: Rpc): [string, Json][] => [
  [
    rpcKey(rpc),
    { address: rpcSubject(rpc.service, rpc.verb), messages: messages([`${rpcKey(rpc)}Request`]) },
  ],
  [`${rpcKey(rpc)}Reply`, { address: null, messages: messages([`${rpcKey(rpc)}Reply`]) }],
];

const publishing = (key: string): [string, Json] => [
  `publish${capital(key)}`,
  { action: 'send', channel: ref(`channels/${key}`) },
];

const answering = (rpc: Rpc): [string, Json] => [
  `answer${capital(rpcKey(rpc))}`,
  {
    action: 'receive',
    summary: `Asked by ${rpc.askedBy.join(', ')}; the bus lets nobody else.`,
    channel: ref(`channels/${rpcKey(rpc)}`),
    bindings: { nats: { queue: rpc.service, bindingVersion: '0.1.0' } },
    reply: { channel: ref(`channels/${rpcKey(rpc)}Reply`) },
  },
];

/** The bus as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export function asyncApiDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'AegisMCP',
      version: packageJson.version,
      description: DESCRIPTION,
      license: { name: packageJson.license },
    },
    defaultContentType: 'application/json',
    servers: { local: { host: '127.0.0.1:4222', protocol: 'nats' } },
    channels: Object.fromEntries([
      ...CHANNELS.map((channel) => [channel.id, eventChannel(channel)]),
      ...RPCS.flatMap(rpcChannels),
    ]),
    operations: Object.fromEntries([...CHANNELS.map(({ id }) => publishing(id)), ...RPCS.map(answering)]),
    components: {
      messages: Object.fromEntries([
        ...CHANNELS.flatMap(({ types }) => types.map(eventMessage)),
        ...RPCS.flatMap(rpcMessages),
      ]),
      schemas: componentSchemas(),
    },
  };
}
