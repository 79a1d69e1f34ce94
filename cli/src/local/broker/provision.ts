import { BrokerError, provisionAt, STREAMS } from '@aegis/bus/law';
import { AppError } from '@aegis/kit/errors';
import { failure, wrongUsage } from '../../cli-error.ts';
import type { ExitCode, GlobalOptions, Host } from '../../host.ts';
import { printDocument, printLine } from '../../output.ts';

/** The server lets what is not permitted run into a timeout, so the key is the first thing to look at. */
function refusal(url: string, error: unknown): unknown {
  if (error instanceof BrokerError || error instanceof AppError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return failure(
    'provision_failed',
    'The streams are not provisioned',
    `The server at ${url} did not do it (${why}): set NATS_NKEY_FILE to the admin key (keys/admin.nk) and see that JetStream is on.`,
    error,
  );
}

/** Makes what is missing and compares the rest, as the admin identity, which disconnects again. Idempotent. */
export async function provisionBroker(host: Host, { json }: GlobalOptions): Promise<ExitCode> {
  const url = host.env['NATS_URL'];
  if (!url)
    throw wrongUsage('Set NATS_URL to the server, and NATS_NKEY_FILE to its admin key (keys/admin.nk).');
  const seedPath = host.env['NATS_NKEY_FILE'] || undefined;
  try {
    await provisionAt({ url, seedPath });
  } catch (error) {
    throw refusal(url, error);
  }
  const streams = STREAMS.map(({ name }) => name);
  if (json) printDocument(host, { ok: true, streams });
  else printLine(host, `the streams ${streams.join(', ')} are as they must be`);
  return 0;
}
