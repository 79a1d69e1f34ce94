import { AUDIT_STATUSES } from '@aegis/contracts/audit';
import { CallId } from '@aegis/contracts/call';
import { type Command, Option } from 'commander';
import { queryAudit } from '../audit/query.ts';
import { tailAudit } from '../audit/tail.ts';
import type { Host } from '../host.ts';
import { parseBy, parseCount, parseTime } from '../option-parsers.ts';
import { runs } from './runs.ts';

const DEFAULT_TAIL = 20;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** `aegis audit tail|query`. */
export function registerAudit(program: Command, host: Host): void {
  const audit = program.command('audit').description('read the audit trail');
  audit
    .command('tail')
    .description('print the newest entries, oldest first')
    .option('-n <count>', 'so many', parseCount(1, MAX_LIMIT), DEFAULT_TAIL)
    .option('-f, --follow', 'go on with new ones as they come, until Ctrl-C')
    .action(runs(host, () => tailAudit));
  audit
    .command('query')
    .description('find entries, newest first')
    .option('--from <time>', 'at this time or later, such as 2026-01-31 or 2026-01-31T12:00:00Z', parseTime)
    .option('--to <time>', 'before this time', parseTime)
    .option('--tool <tool>', 'about this tool')
    .addOption(
      new Option('--ok <bool>', 'only what went well, or only what did not').choices(['true', 'false']),
    )
    .addOption(new Option('--status <status>', 'with this status').choices(AUDIT_STATUSES))
    .option('--principal <name>', 'of this principal')
    .option('--approval <id>', 'about this approval, by its id or its run key')
    .option('--call <id>', 'of this call through the firewall in the path', parseBy(CallId))
    .option('--limit <n>', 'at most so many', parseCount(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option('--before <seq>', 'older than this entry', parseCount(1, Number.MAX_SAFE_INTEGER))
    .action(runs(host, () => queryAudit));
}
