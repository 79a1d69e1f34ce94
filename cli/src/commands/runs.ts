import type { Command } from 'commander';
import type { ExitCode, Host } from '../host.ts';

/** What a command does: its arguments in their order, then its options with those that every command takes. */
type Run<Given extends unknown[]> = (host: Host, ...given: Given) => ExitCode | Promise<ExitCode>;

/**
 * An action of commander's that sets the exit code. `load` gives what is run once the command is called, so that no other
 * command waits for the import of it.
 */
export const runs =
  <Given extends unknown[]>(host: Host, load: () => Run<Given> | Promise<Run<Given>>) =>
  async (...called: unknown[]): Promise<void> => {
    const command = called.at(-1) as Command;
    const given = [...command.processedArgs, command.optsWithGlobals()] as Given;
    host.exitCode = await (await load())(host, ...given);
  };
