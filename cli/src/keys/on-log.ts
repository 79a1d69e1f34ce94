import type { ListIdentitiesReply } from '@aegis/contracts/identities';
import { AppError } from '@aegis/kit/errors';
import { CliError } from '../cli-error.ts';
import type { Host } from '../host.ts';

type OnLog = Pick<ListIdentitiesReply, 'identities' | 'asked'> | { readonly unknown: CliError | AppError };

export const isNotRunning = (thrown: unknown): thrown is CliError =>
  thrown instanceof CliError && thrown.problem.code === 'stack_not_running';

/** Who is on the log, or why nobody can say so: the file can be kept all the same, as in a container that has it alone. */
export async function onLog(host: Pick<Host, 'env'>): Promise<OnLog> {
  try {
    const { listIdentities } = await import('./ask-policy.ts');
    return await listIdentities(host);
  } catch (thrown) {
    if (thrown instanceof AppError || isNotRunning(thrown)) return { unknown: thrown };
    throw thrown;
  }
}

/** Why nobody can say who is on the log, as the begin of a sentence. */
export const whyUnknown = (unknown: CliError | AppError): string =>
  isNotRunning(unknown) ? 'AegisMCP does not run, so' : `${unknown.message.replace(/\.$/, '')}, so`;
