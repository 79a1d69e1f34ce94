import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'cli/src/main.ts');

export const CODE = 'a code for tests';

export type StackOptions = {
  env?: Record<string, string>;
  /** Starts on what an earlier stack left there. */
  dataDir?: string;
};

/** A whole stack in a process of its own, on free ports. */
export type Stack = {
  url: string;
  mcpUrl: string;
  natsUrl: string;
  keysDir: string;
  dataDir: string;
  auditPath: string;
  policyPath: string;
  code: string;
  pid: number;
  /** What it printed so far, on stdout and stderr. */
  output(): string;
  /** SIGTERM; resolves with the exit code. The data stays. */
  end(): Promise<number | null>;
  /** SIGKILL. The data stays. */
  kill(): Promise<void>;
  /** Ends it and removes the data. */
  stop(): Promise<void>;
};

export class StackFailed extends Error {
  readonly exitCode: number | null;
  readonly output: string;

  constructor(exitCode: number | null, output: string) {
    super(`the stack ended with ${exitCode}: ${output}`);
    this.exitCode = exitCode;
    this.output = output;
  }
}

function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (output().includes('Ctrl-C stops everything.')) resolve();
    });
    child.once('exit', (code) => reject(new StackFailed(code, output())));
  });
}

/** @throws StackFailed with what it printed, where it ends before it is ready */
export async function startStack({ env = {}, dataDir: given }: StackOptions = {}): Promise<Stack> {
  const dataDir = given ?? (await mkdtemp(join(tmpdir(), 'aegis-e2e-')));
  const child = spawn(process.execPath, [MAIN, 'up'], {
    cwd: ROOT,
    env: {
      ...process.env,
      AEGIS_DATA_DIR: dataDir,
      AEGIS_NATS_PORT: '0',
      PORT: '0',
      MCP_PORT: '0',
      APPROVAL_CODE: CODE,
      // Tests share the machine with others: what is asked here may wait its turn longer than a caller should.
      REQUEST_TIMEOUT_MS: '20000',
      // Nor does a test fail where the machine's disk is rather full.
      DISK_WARNING_PERCENT: '100',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += String(chunk)));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null) child.kill(signal);
    return exited;
  };
  await untilReady(child, () => text);
  const stack = JSON.parse(await readFile(join(dataDir, 'stack.json'), 'utf8')) as Record<string, string>;
  return {
    url: stack['gateway_url'] ?? '',
    mcpUrl: stack['mcp_url'] ?? '',
    natsUrl: stack['nats_url'] ?? '',
    keysDir: stack['keys_dir'] ?? '',
    auditPath: stack['audit_path'] ?? '',
    policyPath: stack['policy_path'] ?? '',
    dataDir,
    code: env['APPROVAL_CODE'] ?? CODE,
    pid: child.pid ?? 0,
    output: () => text,
    end: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
    async stop() {
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
