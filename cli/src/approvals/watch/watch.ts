import type { ApproverOptions } from '../../approver-credential.ts';
import { tabSeparate } from '../../format/columns.ts';
import { toSafeJson } from '../../format/visible.ts';
import { gatewayAddress } from '../../gateway/address.ts';
import type { ExitCode, Host } from '../../host.ts';
import { printLine } from '../../output.ts';
import type { WatchItem } from './item.ts';
import { type FindGateway, followApprovals } from './source.ts';
import { watchWithKeys } from './watch-keys.ts';

/** One line a change: what waits, then what becomes of it. */
async function watchAsLines(host: Host, find: FindGateway, { json }: ApproverOptions): Promise<void> {
  const print = (item: WatchItem): void => {
    const { approval_id, status, ts, tool, op, amount_cents, principal, decided_by } = item;
    const cells = [approval_id, status, ts, tool, op, amount_cents, principal, decided_by];
    const [line = ''] = json ? [toSafeJson(item)] : tabSeparate([cells]);
    printLine(host, line);
  };
  const seen = new Map<string, string>();
  const changed = (item: WatchItem): void => {
    const state = toSafeJson([item.status, item.endorsements]);
    if (seen.get(item.approval_id) === state) return;
    if (item.status === 'pending' || item.status === 'approved') seen.set(item.approval_id, state);
    else seen.delete(item.approval_id);
    print(item);
  };
  const items = (all: WatchItem[]): void => {
    for (const item of all.toReversed()) changed(item);
  };
  const forEver = new AbortController().signal;
  await followApprovals(host, find, { items, changed, connection: () => undefined }, forEver);
}

/** What waits for a person, live: with keys at a terminal, else a line for each change, for as long as somebody reads. */
export async function watchApprovals(host: Host, options: ApproverOptions): Promise<ExitCode> {
  const find = () => gatewayAddress(options.url, host.env);
  await find();
  const atTerminal = host.stdout.isTTY === true && host.stdin.isTTY === true && !options.json;
  if (atTerminal) await watchWithKeys(host, find, options);
  else await watchAsLines(host, find, options);
  return 0;
}
