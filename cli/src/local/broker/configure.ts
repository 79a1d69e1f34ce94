import { access, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureIdentities, MOVED_STREAMS, moveStreamsScript, natsConf } from '@aegis/bus/law';
import { whyNoFile } from '@aegis/kit/errors';
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

/** Whether streams of a version before the accounts lie in a store on this machine. */
async function hasEarlierStreams(storeDir: string): Promise<boolean> {
  const there = await Promise.all(
    MOVED_STREAMS.map(({ before }) =>
      access(join(storeDir, before)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return there.includes(true);
}

/**
 * Writes `nats.conf`, `move-streams.sh`, which takes the streams of a version before the accounts along, and one nkey seed
 * an identity under `keys/` (0700, files 0600). Idempotent.
 */
export async function configureBroker(host: Host, options: ConfigureOptions): Promise<ExitCode> {
  const { conf, keysDir, storeDir } = brokerPaths(options.dir);
  const { httpPort, port } = options;
  const store = options.storeDir ?? storeDir;
  const script = join(dirname(conf), 'move-streams.sh');
  try {
    const identities = await ensureIdentities(keysDir);
    const listening = { host: options.host, port, storeDir: store };
    await writeFile(conf, natsConf({ ...listening, identities, ...(httpPort && { httpPort }) }));
    await writeFile(script, moveStreamsScript(store));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const detail = `${options.dir} can't be written, because ${whyNoFile(error)}: name another --dir.`;
    throw failure('file_unwritable', 'The files are not written', detail, error);
  }
  if (options.json) printDocument(host, { ok: true, conf, keys_dir: keysDir });
  else {
    printLine(host, `wrote ${visible(conf)} and the keys under ${visible(keysDir)}`);
    if (await hasEarlierStreams(store)) {
      printLine(
        host,
        `this store is of an earlier version: stop its server, and run sh ${visible(script)} once`,
      );
    }
    printLine(host, `next: nats-server -c ${visible(conf)}, then aegis broker provision`);
  }
  return 0;
}
