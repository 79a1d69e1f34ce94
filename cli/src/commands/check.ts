import type { Command } from 'commander';
import { paintStatus } from '../format/paint.ts';
import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { agentKey } from '../gateway/agent-key.ts';
import { CheckAnswer } from '../gateway/answers.ts';
import { ask } from '../gateway/client.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { parseAmountCents, parseOp, parseTool } from '../option-parsers.ts';
import { printDocument, printLine } from '../output.ts';
import { runs } from './runs.ts';

type CheckOptions = GlobalOptions & { readonly op?: string; readonly amountCents?: number };

async function check(host: Host, tool: string, options: CheckOptions): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const body = { tool, op: options.op, amount_cents: options.amountCents };
  const answer = await ask(
    base,
    { method: 'POST', path: 'guard/check', body, headers: agentKey(host) },
    CheckAnswer,
  );
  if (options.json) printDocument(host, answer);
  else {
    const status = answer.allowed ? 'allowed' : answer.approval_required ? 'review' : 'blocked';
    printLine(host, `${paintStatus(host, status)}  ${tool}`);
    for (const reason of answer.reasons) printLine(host, `  ${visible(reason)}`);
  }
  return answer.allowed ? 0 : 1;
}

/** `aegis check TOOL`: what would the policy say? Nothing is recorded for good. */
export function registerCheck(program: Command, host: Host): void {
  program
    .command('check')
    .description('ask what the policy says about a call; nothing runs, nothing is recorded for good')
    .argument('<tool>', 'name of the tool, such as refunds.create', parseTool)
    .option('--op <op>', 'operation, such as refund', parseOp)
    .option('--amount-cents <n>', 'money in cents', parseAmountCents)
    .action(runs(host, () => check));
}
