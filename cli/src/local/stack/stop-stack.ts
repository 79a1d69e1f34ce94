import { setTimeout as sleep } from 'node:timers/promises';
import { processInfo } from '@aegis/local-nats';
import { isBetween, phasePath } from '../../../relay/data-directory.js';
import { failure } from '../../cli-error.ts';
import { visible } from '../../format/visible.ts';
import { describeStack, notRunning } from '../../gateway/address.ts';
import type { ExitCode, GlobalOptions, Host } from '../../host.ts';
import { printDocument, printLine } from '../../output.ts';
import { dataDirOf, readStackFile, stackFilePath } from './stack-file.ts';

/** A stack stops within 5 s; a busy machine may need longer. */
const STOP_WITHIN_MS = 15_000;
const POLL_MS = 50;

/** A pid alone may have been given anew to a process that is none of ours. */
async function isStack(pid: number): Promise<boolean> {
  const info = await processInfo(pid);
  return info !== undefined && /\b(main\.ts|aegis(\.js)?)\b.*\bup\b/.test(info.command);
}

async function end(file: string, pid: number): Promise<void> {
  if (!(await isStack(pid))) {
    const sentence = `Process ${pid}, which ${file} names, is no AegisMCP: it is left alone. Remove that file if AegisMCP does not run.`;
    throw failure('not_a_stack', 'Not an AegisMCP', sentence);
  }
  process.kill(pid, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < STOP_WITHIN_MS; waitedMs += POLL_MS) {
    if (!(await isStack(pid))) return;
    await sleep(POLL_MS);
  }
  const sentence = `AegisMCP still runs as process ${pid}, ${STOP_WITHIN_MS / 1_000} s after it was asked to stop: end that process.`;
  throw failure('still_running', 'AegisMCP still runs', sentence);
}

/**
 * Stops the stack that runs from the data directory and waits for its end; nothing to stop is no error.
 *
 * @throws CliError where the process is none of ours or doesn't end
 */
export async function stopStack(host: Host, { json }: GlobalOptions): Promise<ExitCode> {
  const dataDir = dataDirOf(host.env);
  const found = await readStackFile(dataDir);
  if (found.state === 'unreadable') {
    throw failure('stack_file', 'The stack file is not usable', describeStack(found, dataDir) ?? '');
  }
  const between = found.state === 'between' ? found : undefined;
  if (between !== undefined && between.pid === undefined)
    throw notRunning(`${isBetween(dataDir, between.phase)}: run this again in a moment.`);
  const pid = found.state === 'running' ? found.stack.pid : (between?.pid ?? null);
  if (pid !== null) await end(between ? phasePath(dataDir) : stackFilePath(dataDir), pid);
  if (json) printDocument(host, { stopped: pid !== null, pid });
  else if (pid === null)
    printLine(
      host,
      `No AegisMCP runs from the data directory ${visible(dataDir)}: there is nothing to stop.`,
    );
  else printLine(host, `AegisMCP (process ${pid}) has stopped.`);
  return 0;
}
