import { createServer } from 'node:net';
import { BrokerError } from '@aegis/bus/law';

/** @throws BrokerError where nothing can listen on the port; port 0 is always free. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(port, host, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    throw portError(port, error);
  }
  await new Promise((closed) => server.close(closed));
}

function portError(port: number, cause: unknown): BrokerError {
  const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  const what = taken ? 'is taken by another process' : `can't be used (${String(cause)})`;
  return new BrokerError(
    `Port ${port} for NATS ${what}: set AEGIS_NATS_PORT to another port, or to 0 for any free one.`,
    {
      cause,
    },
  );
}
