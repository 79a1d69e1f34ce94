import { CONTROL } from '@aegis/kit/text';
import type { Command } from 'commander';
import { readSecretLine } from './approval-code.ts';
import { wrongUsage } from './cli-error.ts';
import type { GlobalOptions, Host } from './host.ts';

export type ApproverOptions = GlobalOptions & { readonly key?: string; readonly code?: string };

export type Bearer = { readonly authorization: string };

const QUESTION = "Approver's key or approval code: ";

/** The options of a command that only approvers may use. */
export const withCredential = (command: Command): Command =>
  command
    .option('--key <key>', "an approver's own key (default: AEGIS_APPROVER_KEY)")
    .option(
      '--code <code>',
      'the approval code (default: APPROVAL_CODE, else asked for, else standard input)',
    );

/** What was given by an option or the environment, the options first; undefined where nothing was. */
export const givenSecret = ({ env }: Pick<Host, 'env'>, { key, code }: ApproverOptions): string | undefined =>
  key ?? code ?? (env['AEGIS_APPROVER_KEY'] || env['APPROVAL_CODE'] || undefined);

/** As a header; in UTF-8, of which a header takes each byte as a Latin letter. @throws CliError wrong usage */
export function bearer(secret: string): Bearer {
  if (secret.trim() === '' || CONTROL.test(secret)) {
    throw wrongUsage(
      "There is no approver's key or approval code: give it by --key, --code, AEGIS_APPROVER_KEY, APPROVAL_CODE or standard input.",
    );
  }
  return { authorization: `Bearer ${Buffer.from(secret, 'utf8').toString('latin1')}` };
}

/**
 * Who decides: `--key`, `--code`, `AEGIS_APPROVER_KEY`, `APPROVAL_CODE`, else asked for at a terminal without echo, else the
 * first line of standard input.
 * @throws CliError wrong usage where there is none: a wrong one denies, so an empty one is never sent
 */
export async function approverCredential(host: Host, options: ApproverOptions): Promise<Bearer> {
  return bearer(givenSecret(host, options) ?? (await readSecretLine(host, QUESTION)));
}
