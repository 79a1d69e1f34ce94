import type { Host } from '../host.ts';

/** The key of the agent that asks, from `AEGIS_KEY`: an argument would be seen by everybody on the machine. */
export const agentKey = ({ env }: Pick<Host, 'env'>): { readonly authorization?: string } =>
  env['AEGIS_KEY'] ? { authorization: `Bearer ${env['AEGIS_KEY']}` } : {};
