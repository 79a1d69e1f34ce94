import type { Bus } from '@aegis/bus';
import { type Identity, seedFile } from '@aegis/bus/law';
import { type Link, openBus } from '@aegis/bus/testing';
import { createLogger } from '@aegis/kit/logger';

export const silentLog = createLogger('test', 'silent');

/** A bus, and the connection under it. */
export type TestBus = Bus & { readonly link: Link };

/** A bus as one of the identities, on a test server. Close it before the server stops. */
export async function connectTestBus(
  server: { url: string; keysDir: string },
  identity: Identity,
): Promise<TestBus> {
  const { bus, link } = await openBus({
    url: server.url,
    identity,
    seedPath: seedFile(server.keysDir, identity),
    log: silentLog,
  });
  return { ...bus, link };
}
