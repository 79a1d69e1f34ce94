import { once } from 'node:events';
import { createServer } from 'node:net';
import { BrokerError } from '@aegis/bus/law';

/** @throws BrokerError where nothing can listen on the port; port 0 is always free. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  await using server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const what = taken ? 'is taken by another process' : `can't be used (${String(cause)})`;
    const mend = 'set AEGIS_NATS_PORT to another port, or to 0 for any free one.';
    throw new BrokerError(`Port ${port} for NATS ${what}: ${mend}`, { cause });
  }
}
