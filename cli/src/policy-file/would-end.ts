import { PolicyEnds } from '@aegis/contracts/policy';
import { tolerant } from '@aegis/contracts/tolerant';
import { count } from '@aegis/kit/text';
import type { Policy } from '@aegis/policy-engine';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { askAsReader } from '../gateway/ask-as-reader.ts';
import type { Host } from '../host.ts';

const Validity = z.looseObject({ ends: tolerant(PolicyEnds, 'dropped').optional() });

/** What a policy would end of what waits; why nobody can say, where a firewall runs; nothing where none does. */
export type WouldEnd = { readonly ends?: PolicyEnds; readonly because?: string };

/**
 * Asks the firewall that is named, or that runs from the data directory; one that does not answer is no error.
 *
 * @throws CliError where what is named is no address
 */
export async function wouldEnd(host: Host, policy: Policy, url: string | undefined): Promise<WouldEnd> {
  try {
    const gateway = await gatewayAddress(url, host.env);
    const { ends } = await askAsReader(
      host,
      gateway,
      { method: 'POST', path: 'policy/validate', body: { policy } },
      Validity,
    );
    return ends ? { ends } : { because: 'the firewall that runs can not say it now' };
  } catch (thrown) {
    if (!(thrown instanceof CliError) || thrown.exitCode === 2) throw thrown;
    return thrown.problem.code === 'stack_not_running' ? {} : { because: thrown.problem.detail };
  }
}

/** The same as lines for people. */
export function wouldEndLines({ approvals, grants, unknown, first }: PolicyEnds): string[] {
  const named = first.map(({ id, tool, principal, because }) => `  ${id}  ${tool}  ${principal}  ${because}`);
  const more = approvals + grants - first.length;
  const ended = [
    ...(approvals > 0 ? [count(approvals, 'waiting or approved call')] : []),
    ...(grants > 0 ? [count(grants, 'grant')] : []),
  ];
  return [
    `Taken now, it would end ${ended.join(' and ') || 'nothing that waits or is granted'}${named.length === 0 ? '' : ':'}`,
    ...named,
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...(unknown > 0 ? [`${unknown} more could not be looked at in time`] : []),
  ];
}
