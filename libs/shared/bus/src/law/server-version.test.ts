import { expect, test } from 'vitest';
import {
  isSupportedServer,
  parseServerVersion,
  requireMaxPayload,
  requireServerVersion,
} from './server-version.ts';

test('a server of version 2.9.10, as Debian bookworm has it, is refused with what to do', () => {
  expect(() => requireServerVersion('2.9.10')).toThrow(
    'The NATS server is version 2.9.10 and AegisMCP needs 2.12.0 or newer: upgrade that server, or unset NATS_URL so that AegisMCP starts one of its own.',
  );
});

test.each(['2.11.9', '1.99.0', 'unknown', ''])('version "%s" is refused', (version) => {
  expect(isSupportedServer(version)).toBe(false);
});

test.each(['2.12.0', '2.14.0-RC.1', '2.15.1', '3.0.0'])('version %s is taken', (version) => {
  expect(() => requireServerVersion(version)).not.toThrow();
});

test('the version is read from what nats-server --version prints', () => {
  expect(parseServerVersion('nats-server: v2.15.1\n')).toBe('2.15.1');
  expect(parseServerVersion('bash: no such file')).toBeUndefined();
});

test('refuses a server that takes too small messages, and says what to set', () => {
  expect(() => requireMaxPayload(1_048_576)).toThrow(/set max_payload: 4194304/);
  expect(() => requireMaxPayload(4_194_304)).not.toThrow();
});
