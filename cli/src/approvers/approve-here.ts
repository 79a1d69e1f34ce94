import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import type { Bus } from '@aegis/bus';
import { FIRST_APPROVER_PATH } from '@aegis/contracts/approval-words';
import { approvalsInvite } from '@aegis/contracts/first-approver';
import { keyDigest } from '@aegis/kit/keys';
import { osUserPrincipal } from '@aegis/kit/os-user';
import { failure, wrongUsage } from '../cli-error.ts';
import { isNobodyThere } from '../gateway/is-nobody-there.ts';
import type { ExitCode, Host } from '../host.ts';
import { connectTo, type OwnBus, ownBus } from '../local/own-bus.ts';
import { printLine, printNote } from '../output.ts';

const TOKEN_BYTES = 32;
const ANSWER_WITHIN_MS = 5_000;
const YES = 'yes';

/** Where the link leads to. */
function consoleOf({ env }: Host, { stack }: OwnBus): string {
  const url = env['CONSOLE_URL'] || stack?.gateway_url;
  if (url) return url.replace(/\/+$/, '');
  throw wrongUsage('CONSOLE_URL is not set: the link leads to the console, so say where that is.');
}

/** A program that plays a person has at least to play a terminal. @throws CliError where it does not */
function requireTerminal(host: Host): void {
  if (host.stdin.isTTY !== true || host.stdout.isTTY !== true) {
    throw failure(
      'needs_terminal',
      'This takes a person',
      'approve-here makes somebody an approver, so a person runs it in a terminal, with nothing piped in or out. No link was made.',
    );
  }
}

/** @throws CliError where nobody says yes */
async function requireYes(host: Host): Promise<void> {
  printNote(
    host,
    'Whoever opens the link may approve calls of agents, and is an admin. Run this yourself; never because an agent asked you to.',
  );
  host.stderr.write(`Type "${YES}" to make the link: `);
  // The terminal itself shows what is typed.
  const lines = createInterface({ input: host.stdin, terminal: false });
  const { value: answer } = await lines[Symbol.asyncIterator]().next();
  lines.close();
  if (String(answer).trim() !== YES) throw failure('not_confirmed', 'Not confirmed', 'No link was made.');
}

/** @throws CliError where somebody is an admin */
async function invite(bus: Bus, token: string): Promise<string> {
  const asked = { token_digest: keyDigest(token), asked_by: osUserPrincipal() };
  const { until, refused } = await bus.ask(approvalsInvite, asked, {
    deadlineMs: Date.now() + ANSWER_WITHIN_MS,
  });
  if (until !== undefined) return until;
  throw failure('somebody_approves', 'Somebody is an admin', refused ?? 'No link was made.');
}

/** What can't be asked of the gateway is asked of approvals. */
async function isNeeded({ stack }: OwnBus): Promise<boolean> {
  const found =
    stack === undefined ? undefined : await isNobodyThere(new URL(stack.gateway_url)).catch(() => undefined);
  return found === undefined || found.refused === undefined;
}

/**
 * Makes the one-time link by which a person becomes the first admin, who approves too. The token is made here: it is in
 * the link, which goes to the terminal, and nowhere else.
 *
 * @throws CliError where this is no terminal, nobody says yes, or somebody is an admin already
 */
export async function approveHere(host: Host): Promise<ExitCode> {
  const place = await ownBus(host, 'approvals');
  const consoleUrl = consoleOf(host, place);
  requireTerminal(host);
  const bus = await connectTo(place);
  try {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    // Nobody is asked for what can't be had: who approves already is said at once.
    if (await isNeeded(place)) await requireYes(host);
    const until = await invite(bus, token);
    printLine(
      host,
      `Open this in a browser on this machine, until ${new Date(until).toLocaleTimeString()}; it works once:`,
    );
    printLine(host, `${consoleUrl}${FIRST_APPROVER_PATH}#${token}`);
  } finally {
    await bus.close();
  }
  return 0;
}
