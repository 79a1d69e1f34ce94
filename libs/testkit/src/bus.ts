import { type Bus, connectBus } from '@aegis/bus';
import { type Identity, seedFile } from '@aegis/bus/law';
import { createLogger } from '@aegis/kit/logger';

export const silentLog = createLogger('test', 'silent');

/** A bus as one of the identities, on a test server. Close it before the server stops. */
export const connectTestBus = (server: { url: string; keysDir: string }, identity: Identity): Promise<Bus> =>
  connectBus({ url: server.url, identity, seedPath: seedFile(server.keysDir, identity), log: silentLog });
