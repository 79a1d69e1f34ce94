import { BrokerError } from './broker-error.ts';
import { MAX_PAYLOAD_BYTES } from './nats-conf.ts';

/** Atomic batches and message schedules came with 2.12; older servers ignore their headers without a word. */
export const MINIMUM_SERVER_VERSION = '2.12.0';

const [minimumMajor, minimumMinor] = [2, 12];

/** The version in the output of `nats-server --version`, e.g. `2.15.1`; undefined where there is none. */
export function parseServerVersion(output: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

/** Whether `version` (`2.15.1`, `2.14.0-RC.1`) can carry AegisMCP. */
export function isSupportedServer(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}

/** @throws BrokerError where the server that `NATS_URL` led to is older than {@link MINIMUM_SERVER_VERSION}. */
export function requireServerVersion(version: string): void {
  if (isSupportedServer(version)) return;
  throw new BrokerError(
    `The NATS server is version ${version} and AegisMCP needs ${MINIMUM_SERVER_VERSION} or newer: ` +
      'upgrade that server, or unset NATS_URL so that AegisMCP starts one of its own.',
  );
}

/** @throws BrokerError where the server takes smaller messages than a call and its record may need. */
export function requireMaxPayload(maxPayload: number): void {
  if (maxPayload >= MAX_PAYLOAD_BYTES) return;
  throw new BrokerError(
    `The NATS server takes messages of ${maxPayload} bytes and AegisMCP needs ${MAX_PAYLOAD_BYTES}: ` +
      `set max_payload: ${MAX_PAYLOAD_BYTES} in its configuration.`,
  );
}
