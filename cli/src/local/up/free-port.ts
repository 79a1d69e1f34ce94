import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ConfigError } from '@aegis/kit/env';
import { codeOf } from '@aegis/kit/errors';

const NO_ADDRESS: ReadonlySet<string> = new Set(['ENOTFOUND', 'EADDRNOTAVAIL', 'EAI_AGAIN']);

/** A port that nobody else takes until it is released, for whoever listens on it next. */
export type ReservedPort = { readonly port: number; release(): Promise<void> };

/**
 * Takes a port before anything is started; any free one for 0. So it is known before what listens on it is there.
 *
 * @throws ConfigError one sentence that names the variable and says how to mend it
 */
export async function reservePort(variable: string, host: string, port: number): Promise<ReservedPort> {
  // Whoever connects before its time finds nobody, as where nothing listens.
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    const code = codeOf(error);
    if (NO_ADDRESS.has(code)) {
      const sentence = `HOST: ${host} is no address of this machine (${code}): set HOST to one of its own; 127.0.0.1 always is.`;
      throw new ConfigError(sentence, { cause: error });
    }
    const why =
      code === 'EADDRINUSE'
        ? 'is taken, perhaps by an AegisMCP that already runs'
        : `can not be used (${code})`;
    throw new ConfigError(
      `${variable}: port ${port} on ${host} ${why}: stop what listens there, or set ${variable} to another port.`,
      { cause: error },
    );
  }
  let released: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    release: () => (released ??= new Promise((closed) => server.close(() => closed()))),
  };
}

/** Makes sure that a port can be listened on. 0 always can. @throws ConfigError as {@link reservePort} */
export async function requireFreePort(variable: string, host: string, port: number): Promise<void> {
  if (port !== 0) await (await reservePort(variable, host, port)).release();
}
