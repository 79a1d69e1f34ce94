import { firewallHere } from '../../protect/firewall-here.ts';
import { lookIntoClients, sharing } from '../../protect/look-into.ts';
import { type Look, warn } from './finding.ts';

/** What clients' files have that an earlier version wrote; which servers are behind the firewall is for status to say. */
export const lookAtClients: Look = async ({ env }) => {
  const { rows } = await lookIntoClients(await firewallHere(env), env);
  return rows.flatMap((row) => sharing(row) ?? []).map(({ message, mend }) => warn('clients', message, mend));
};
