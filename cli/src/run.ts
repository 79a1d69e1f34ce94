import { CommanderError } from 'commander';
import type { Host } from './host.ts';
import { createProgram } from './program.ts';
import { reportError } from './report.ts';

/** The options are not known yet where parsing them failed. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
}

const isHelp = (error: unknown): error is CommanderError =>
  error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');

/** Runs one command line to its end and sets the host's exit code: 0 yes, 1 no, 2 wrong usage. Never throws. */
export async function run(host: Host, args: readonly string[]): Promise<void> {
  const json = asksForJson(args);
  try {
    await createProgram(host, json).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!isHelp(error)) host.exitCode = reportError(host, error, json);
    else if (error.exitCode === 0) host.exitCode = 0;
    else {
      if (json) reportError(host, new CommanderError(2, error.code, 'a command is missing'), json);
      host.exitCode = 2;
    }
  }
}
