import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditLine } from '@aegis/contracts/audit';
import { toSafeJson } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { AuditAnswer } from '../gateway/answers.ts';
import { askAsReader } from '../gateway/ask-as-reader.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printLine } from '../output.ts';
import { entryLine } from './entry-line.ts';

export type TailOptions = GlobalOptions & { readonly n: number; readonly follow?: true };

const POLL_MS = 1_000;
const PAGE = 1_000;

async function page(host: Host, base: URL, limit: number, before?: number) {
  return askAsReader(host, base, { method: 'GET', path: 'audit', query: { limit, before } }, AuditAnswer);
}

/** Every entry after `seq`, oldest first, however many pages that takes. */
export async function entriesAfter(host: Host, base: URL, seq: number): Promise<AuditLine[]> {
  const newer: AuditLine[] = [];
  let before: number | undefined;
  for (;;) {
    const { entries, next } = await page(host, base, PAGE, before);
    newer.push(...entries.filter((entry) => entry.seq > seq));
    const reached = entries.some((entry) => entry.seq <= seq);
    if (reached || !next || (before !== undefined && next >= before)) return newer.toReversed();
    before = next;
  }
}

/** The newest entries, oldest first; with `follow` it goes on until it is interrupted or the gateway is away. */
export async function tailAudit(host: Host, options: TailOptions): Promise<ExitCode> {
  const print = (entries: readonly AuditLine[]): void => {
    for (const entry of entries) printLine(host, options.json ? toSafeJson(entry) : entryLine(host, entry));
  };
  const base = await gatewayAddress(options.url, host.env);
  let shown = (await page(host, base, options.n)).entries.toReversed();
  let last = shown.at(-1)?.seq ?? 0;
  print(shown);
  while (options.follow) {
    await sleep(POLL_MS);
    shown = await entriesAfter(host, base, last);
    last = shown.at(-1)?.seq ?? last;
    print(shown);
  }
  return 0;
}
