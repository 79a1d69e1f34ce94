import { writeFile } from 'node:fs/promises';
import { ensureIdentities, natsConf } from '@aegis/bus/law';
import { brokerPaths } from '@aegis/local-nats';
import { failure } from '../../cli-error.ts';
import { visible } from '../../format/visible.ts';
import type { ExitCode, GlobalOptions, Host } from '../../host.ts';
import { printDocument, printLine } from '../../output.ts';

export type ConfigureOptions = GlobalOptions & {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly httpPort?: number;
  readonly storeDir?: string;
};

/** Writes `nats.conf` and one nkey seed an identity under `keys/` (0700, files 0600). Idempotent. */
export async function configureBroker(host: Host, options: ConfigureOptions): Promise<ExitCode> {
  const { conf, keysDir, storeDir } = brokerPaths(options.dir);
  const { httpPort, port } = options;
  try {
    const identities = await ensureIdentities(keysDir);
    const listening = { host: options.host, port, storeDir: options.storeDir ?? storeDir };
    await writeFile(conf, natsConf({ ...listening, identities, ...(httpPort && { httpPort }) }));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const detail = `${options.dir} can't be written (${String(error.code)}): name another --dir.`;
    throw failure('file_unwritable', 'The files are not written', detail, error);
  }
  if (options.json) printDocument(host, { ok: true, conf, keys_dir: keysDir });
  else {
    printLine(host, `wrote ${visible(conf)} and the keys under ${visible(keysDir)}`);
    printLine(host, `next: nats-server -c ${visible(conf)}, then aegis broker provision`);
  }
  return 0;
}
