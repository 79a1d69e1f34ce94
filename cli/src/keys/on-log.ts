import type { Identity } from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import { CliError } from '../cli-error.ts';
import type { Host } from '../host.ts';

type OnLog = { readonly identities: readonly Identity[] } | { readonly unknown: CliError | AppError };

export const isNotRunning = (thrown: unknown): thrown is CliError =>
  thrown instanceof CliError && thrown.problem.code === 'stack_not_running';

/** Who is on the log, or why nobody can say so: the file can be kept all the same, as in a container that has it alone. */
export async function onLog(host: Host): Promise<OnLog> {
  try {
    const { listIdentities } = await import('./ask-policy.ts');
    return { identities: (await listIdentities(host)).identities };
  } catch (thrown) {
    if (thrown instanceof AppError || isNotRunning(thrown)) return { unknown: thrown };
    throw thrown;
  }
}

/** Why nobody can say who is on the log, as the begin of a sentence. */
export const whyUnknown = (unknown: CliError | AppError): string =>
  isNotRunning(unknown) ? 'AegisMCP does not run, so' : `${unknown.message.replace(/\.$/, '')}, so`;
