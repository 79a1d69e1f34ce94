import { BrokerError } from '@aegis/bus/law';
import { ConfigError } from '@aegis/kit/env';
import { AppError, toProblem, whyNoFile } from '@aegis/kit/errors';
import { CommanderError } from 'commander';
import { CliError, failure, wrongUsage } from './cli-error.ts';
import { paint } from './format/paint.ts';
import { toSafeJson, visible } from './format/visible.ts';
import type { Host } from './host.ts';
import { sayUsage } from './say-usage.ts';

/** Anything thrown, as a CliError. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  if (thrown instanceof CommanderError) return wrongUsage(sayUsage(thrown.message));
  if (thrown instanceof AppError) return new CliError(toProblem(thrown), 1, { cause: thrown });
  if (thrown instanceof BrokerError) return failure('broker', 'The NATS server', thrown.message, thrown);
  if (thrown instanceof ConfigError) return failure('config', 'A setting is wrong', thrown.message, thrown);
  if (thrown instanceof Error && 'path' in thrown && 'syscall' in thrown)
    return failure(
      'file_unusable',
      'The system refused',
      `${String(thrown.path)}: ${whyNoFile(thrown)}.`,
      thrown,
    );
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return failure('internal', 'Something broke', message, thrown);
}

/** Says on stderr what went wrong: one sentence for people, problem JSON for programs. */
export function reportError(host: Host, thrown: unknown, json: boolean): 1 | 2 {
  const { problem, exitCode } = toCliError(thrown);
  if (json) host.stderr.write(`${toSafeJson(problem)}\n`);
  else {
    const lines = problem.detail.split('\n').map(visible).join('\n');
    host.stderr.write(`${paint(host, host.stderr, 'red', 'aegis:')} ${lines}\n`);
  }
  return exitCode;
}
