import { visible } from '../format/visible.ts';
import { gatewayAddress } from '../gateway/address.ts';
import { ApprovalItem } from '../gateway/answers.ts';
import { askAsReader } from '../gateway/ask-as-reader.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const show = (value: unknown): string =>
  visible(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Every member of an approval, each on a line of its own: `name: value`. */
export function describeApproval(approval: ApprovalItem): string[] {
  const members = Object.entries(approval).filter(([, value]) => !isNothing(value));
  const width = Math.max(...members.map(([name]) => visible(name).length)) + 1;
  return members.map(([name, value]) => `${`${visible(name)}:`.padEnd(width)} ${show(value)}`);
}

export async function showApproval(host: Host, id: string, options: GlobalOptions): Promise<ExitCode> {
  const base = await gatewayAddress(options.url, host.env);
  const path = `approvals/${encodeURIComponent(id)}`;
  const approval = await askAsReader(host, base, { method: 'GET', path }, ApprovalItem);
  if (options.json) printDocument(host, approval);
  else for (const line of describeApproval(approval)) printLine(host, line);
  return 0;
}
