import type { z } from 'zod';
import { type ApproverOptions, approverCredential } from '../approver-credential.ts';
import { CliError } from '../cli-error.ts';
import type { Host } from '../host.ts';
import { gatewayAddress } from './address.ts';
import { ask, type Question } from './client.ts';

/** Asks the gateway as an approver. @throws CliError, as `ask`, and wrong usage where there is no key and no code */
export async function askAsApprover<S extends z.ZodType>(
  host: Host,
  options: ApproverOptions,
  question: Question,
  answer: S,
): Promise<z.output<S>> {
  const base = await gatewayAddress(options.url, host.env);
  const headers = await approverCredential(host, options);
  try {
    return await ask(base, { ...question, headers }, answer);
  } catch (thrown) {
    const isFromEnv = (options.key ?? options.code) === undefined && host.env['AEGIS_APPROVER_KEY'];
    if (!isFromEnv || !(thrown instanceof CliError) || thrown.problem.code !== 'unauthorized') throw thrown;
    const detail = `AEGIS_APPROVER_KEY is no approver's key here. ${thrown.problem.detail}`;
    throw new CliError({ ...thrown.problem, detail }, 1, { cause: thrown });
  }
}
