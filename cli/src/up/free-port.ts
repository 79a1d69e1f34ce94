import { createServer } from 'node:net';
import { ConfigError } from '@aegis/shared/runtime/env';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/**
 * Makes sure that a port can be listened on, before anything is started. 0 always can.
 *
 * @throws ConfigError one sentence that names the variable and says how to mend it
 */
export async function requireFreePort(variable: string, host: string, port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const why =
      codeOf(error) === 'EADDRINUSE'
        ? 'is taken, perhaps by an AegisMCP that already runs'
        : `can not be used (${codeOf(error)})`;
    throw new ConfigError(
      `${variable}: port ${port} on ${host} ${why}: stop what listens there, or set ${variable} to another port.`,
      {
        cause: error,
      },
    );
  } finally {
    server.close();
  }
}
