export { BrokerError } from './broker-error.ts';
export { type BrokerAddress, connectAs } from './connect-as.ts';
export { MOVED_STREAMS, moveStreamsScript } from './earlier-streams.ts';
export {
  ensureIdentities,
  IDENTITIES,
  type Identity,
  isInbox,
  type PublicKeys,
  seedFile,
} from './identities.ts';
export { natsConf } from './nats-conf.ts';
export { provisionAt } from './provision.ts';
export { isSupportedServer, parseServerVersion } from './server-version.ts';
export { STREAMS } from './streams.ts';
