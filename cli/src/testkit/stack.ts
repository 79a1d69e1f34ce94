import { onTestFinished } from 'vitest';
import { lockDirectory } from '../local/stack/directory-lock.ts';
import { type Stack, writeStackFile } from '../local/stack/stack-file.ts';

/** A stack of this very process. */
export const stackOf = (changes: Partial<Stack> = {}): Stack => ({
  pid: process.pid,
  gateway_url: 'http://127.0.0.1:8000',
  mcp_url: 'http://127.0.0.1:8001/mcp',
  nats_url: 'nats://127.0.0.1:4222',
  keys_dir: '/nowhere/keys',
  policy_path: '/nowhere/policy.yml',
  audit_path: '/nowhere/audit.jsonl',
  ...changes,
});

/** Announces a stack as one does that runs: this process holds the lock of its directory until the test ends. */
export async function runningStack(dataDir: string, changes: Partial<Stack> = {}): Promise<void> {
  const lock = await lockDirectory(dataDir, 'stack');
  onTestFinished(() => lock?.release());
  await writeStackFile(dataDir, stackOf(changes));
}
