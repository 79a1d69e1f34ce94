import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { registerApprovals } from './commands/approvals.ts';
import { registerApproveHere } from './commands/approve-here.ts';
import { registerApprovers } from './commands/approvers.ts';
import { registerAudit } from './commands/audit.ts';
import { registerBroker } from './commands/broker.ts';
import { registerCheck } from './commands/check.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerDown } from './commands/down.ts';
import { registerEnforce } from './commands/enforce.ts';
import { registerGrants } from './commands/grants.ts';
import { registerIdentities } from './commands/identities.ts';
import { registerKeys } from './commands/keys.ts';
import { registerMcp } from './commands/mcp.ts';
import { registerPolicy } from './commands/policy.ts';
import { registerProtect } from './commands/protect.ts';
import { registerTools } from './commands/tools.ts';
import { registerUp } from './commands/up.ts';
import { registerWebhooks } from './commands/webhooks.ts';
import { registerWrap } from './commands/wrap.ts';
import type { Host } from './host.ts';

type Register = (program: Command, host: Host) => void;

/** In the order of the help. */
const COMMANDS: readonly Register[] = [
  registerUp,
  registerDown,
  registerWrap,
  registerProtect,
  registerMcp,
  registerCheck,
  registerEnforce,
  registerPolicy,
  registerApprovals,
  registerGrants,
  registerTools,
  registerApproveHere,
  registerApprovers,
  registerWebhooks,
  registerKeys,
  registerIdentities,
  registerAudit,
  registerDoctor,
  registerBroker,
];

const EXIT_CODES = `
Exit codes: 0 yes (allowed, valid, approved), 1 no (blocked, pending, invalid, denied, not reached), 2 wrong usage.`;

/** The whole command line. With `json`, commander's own words on stderr are left to the caller's problem JSON. */
export function createProgram(host: Host, json: boolean): Command {
  const program = new Command('aegis')
    .description('The firewall for tool calls of AI agents.')
    .version(packageJson.version)
    .option('--json', 'print JSON: one document on stdout, or a problem on stderr')
    .option('--url <url>', 'the gateway (default: AEGIS_URL, else the stack of AEGIS_DATA_DIR)')
    .addHelpText('after', EXIT_CODES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void (json || host.stderr.write(text)),
      outputError: () => undefined,
    })
    .exitOverride();
  for (const register of COMMANDS) register(program, host);
  return program;
}
