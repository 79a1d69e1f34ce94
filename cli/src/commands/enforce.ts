import { isOneKey } from '@aegis/contracts/run-key';
import type { Command } from 'commander';
import { program as here } from '../../relay/data-directory.js';
import { wrongUsage } from '../cli-error.ts';
import { paintStatus } from '../format/paint.ts';
import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { agentKey } from '../gateway/agent-key.ts';
import { EnforceAnswer } from '../gateway/answers.ts';
import { ask } from '../gateway/client.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import {
  parseAmountCents,
  parseArgs,
  parseDryRunId,
  parseIdempotencyKey,
  parseOp,
  parseTool,
} from '../option-parsers.ts';
import { printDocument, printLine } from '../output.ts';
import { runs } from './runs.ts';

type EnforceOptions = GlobalOptions & {
  readonly op?: string;
  readonly amountCents?: number;
  readonly args?: Record<string, unknown>;
  readonly runKey?: string;
  readonly dryRunId?: string;
  readonly reason?: string;
  readonly idempotencyKey?: string;
};

/** What a firewall of before knows, too. */
function bodyOf(
  tool: string,
  { op, amountCents, args, runKey, dryRunId = runKey, reason }: EnforceOptions,
): object {
  const meta = { dry_run_id: dryRunId, reason };
  const hasMeta = dryRunId !== undefined || reason !== undefined;
  return { tool, op, amount_cents: amountCents, args, ...(hasMeta ? { meta } : {}) };
}

function printPeople(host: Host, tool: string, answer: EnforceAnswer): void {
  printLine(host, `${paintStatus(host, answer.status)}  ${tool}`);
  for (const reason of answer.reasons) printLine(host, `  ${visible(reason)}`);
  if (answer.status === 'pending' && answer.approval_id) {
    printLine(host, `  To decide it: ${here()} approvals approve ${visible(answer.approval_id)}`);
    const key = visible(answer.dry_run_id ?? answer.approval_id);
    printLine(host, `  Then ask again: the same call with --run-key ${key}`);
  }
}

async function enforce(host: Host, tool: string, options: EnforceOptions): Promise<ExitCode> {
  if (!isOneKey({ run_key: options.runKey, dry_run_id: options.dryRunId }))
    throw wrongUsage('--run-key: is not what --dry-run-id, its older name, says: give one of them.');
  const base = await gatewayAddress(options.url, host.env);
  const key = options.idempotencyKey;
  const answer = await ask(
    base,
    {
      method: 'POST',
      path: 'guard/enforce',
      body: bodyOf(tool, options),
      headers: { ...agentKey(host), ...(key === undefined ? {} : { 'idempotency-key': key }) },
    },
    EnforceAnswer,
  );
  if (options.json) printDocument(host, answer);
  else printPeople(host, tool, answer);
  return answer.allowed && answer.status === 'allowed' ? 0 : 1;
}

/** `aegis enforce TOOL`: may this call run now? On record before it is answered. */
export function registerEnforce(program: Command, host: Host): void {
  program
    .command('enforce')
    .description('ask whether a call may run now; the answer is on record, and an approval is used up by it')
    .argument('<tool>', 'name of the tool, such as refunds.create', parseTool)
    .option('--op <op>', 'operation, such as refund', parseOp)
    .option('--amount-cents <n>', 'money in cents', parseAmountCents)
    .option('--args <json>', "the call's arguments, a JSON object", parseArgs)
    .option('--run-key <key>', 'your own name for this call', parseDryRunId)
    .option('--dry-run-id <id>', 'the older name of --run-key', parseDryRunId)
    .option('--reason <text>', 'why the call is made, for the person who decides')
    .option('--idempotency-key <key>', 'a retry with the same key gets the same answer', parseIdempotencyKey)
    .action(runs(host, () => enforce));
}
