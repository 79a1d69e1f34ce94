import type { Stack } from '../local/stack/stack-file.ts';

/** A stack of this very process, so that it counts as running. */
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
