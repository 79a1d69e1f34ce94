import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { type Identity, inboxPrefix, readSeed } from './identities.ts';

/** Where a server listens and where the seeds of its users lie. */
export type BrokerAddress = { readonly url: string; readonly keysDir: string };

/** A plain NATS connection as one identity, with that identity's inbox prefix. */
export async function connectAs(identity: Identity, address: BrokerAddress): Promise<NatsConnection> {
  return connect({
    servers: address.url,
    name: identity,
    inboxPrefix: inboxPrefix(identity),
    authenticator: nkeyAuthenticator(await readSeed(address.keysDir, identity)),
  });
}
