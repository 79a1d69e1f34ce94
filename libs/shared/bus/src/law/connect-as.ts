import type { NatsConnection } from '@nats-io/transport-node';
import { openConnection } from '../connection.ts';
import { type Identity, seedFile } from './identities.ts';

/** Where a server listens and where the seeds of its users lie. */
export type BrokerAddress = { readonly url: string; readonly keysDir: string };

/** A plain NATS connection as one identity, with that identity's inbox prefix. */
export const connectAs = (identity: Identity, { url, keysDir }: BrokerAddress): Promise<NatsConnection> =>
  openConnection({ url, identity, seedPath: seedFile(keysDir, identity) });
