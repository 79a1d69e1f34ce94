import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { seedFile } from '@aegis/bus/law';
import type { TestNatsServer } from '@aegis/testkit/nats-server';
import type { Files } from './stack.ts';

export type AuditProcess = {
  readonly pid: number;
  /** All that it wrote to stderr. */
  stderr(): string;
  /** Resolves with the exit code, null after a signal. */
  readonly exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
};

/** The audit service as a process of its own, as it runs in a container. */
export function spawnAudit(server: TestNatsServer, files: Files): AuditProcess {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      NATS_URL: server.url,
      NATS_NKEY_FILE: seedFile(server.keysDir, 'audit'),
      HEALTH_PORT: '0',
      LOG_LEVEL: 'warn',
      AUDIT_PATH: files.auditPath,
      APPROVALS_PATH: files.approvalsPath,
    },
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return {
    pid: child.pid ?? 0,
    stderr: () => stderr,
    exited: once(child, 'exit').then(([code]) => code as number | null),
    kill: (signal) => void child.kill(signal),
  };
}
