import { program } from '../../../relay/data-directory.js';
import { whoIsAsked } from '../../keys/who-is-asked.ts';
import { type Look, ok, warn } from './finding.ts';

const NAME = 'callers';
const FOUND = {
  'at mcp': 'keys of mcp-keys.json are asked for at /mcp only, and over REST nobody is asked for a name',
  nobody: 'nobody is asked for a name, over REST or at /mcp',
} as const;

/** Whether callers of the firewall here need a name. Where none runs, another look says so. */
export const lookAtCallers: Look = async ({ url, env, stack }) => {
  if (url !== undefined || stack.state !== 'running') return [];
  const who = await whoIsAsked(env);
  if (who === undefined) return [];
  if (who === 'everybody') return [ok(NAME, 'agents are asked for a key')];
  const mend = `give an agent a key with "${program()} keys create --name NAME": from then on each needs one`;
  return [warn(NAME, FOUND[who], mend)];
};
