import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { type Bus, connectBus } from '@aegis/bus';
import { seedFile } from '@aegis/bus/law';
import { FIRST_APPROVER_PATH } from '@aegis/contracts/approval-words';
import { approvalsInvite } from '@aegis/contracts/first-approver';
import { keyDigest } from '@aegis/kit/keys';
import { createLogger } from '@aegis/kit/logger';
import { osUserPrincipal } from '@aegis/kit/os-user';
import { earlierVersion } from '../../relay/data-directory.js';
import { failure, wrongUsage } from '../cli-error.ts';
import { describeStack, noneRuns, notRunning } from '../gateway/address.ts';
import { isNobodyThere } from '../gateway/is-nobody-there.ts';
import type { ExitCode, Host } from '../host.ts';
import { dataDirOf, readStackFile } from '../local/stack/stack-file.ts';
import { printLine, printNote } from '../output.ts';

const TOKEN_BYTES = 32;
const ANSWER_WITHIN_MS = 5_000;
const YES = 'yes';

type Place = {
  readonly url: string;
  readonly seedPath: string;
  readonly consoleUrl: string;
  /** Undefined in a container, which need not reach it. */
  readonly gateway: URL | undefined;
};

/** The bus, by the key of approvals itself: in its container as the environment says, else the data directory's. */
async function placeOf({ env }: Host): Promise<Place> {
  const { NATS_URL: url, NATS_NKEY_FILE: seedPath, CONSOLE_URL: consoleUrl } = env;
  if (url && seedPath) {
    if (!consoleUrl)
      throw wrongUsage('CONSOLE_URL is not set: the link leads to the console, so say where that is.');
    return { url, seedPath, consoleUrl, gateway: undefined };
  }
  const dataDir = dataDirOf(env);
  const found = await readStackFile(dataDir);
  if (found.state !== 'running') {
    const complaint = describeStack(found, dataDir);
    throw complaint === undefined ? noneRuns(dataDir, env) : notRunning(complaint);
  }
  if (found.stack.agent_address === undefined) throw notRunning(earlierVersion(dataDir, found.stack.pid));
  const { nats_url, keys_dir, gateway_url } = found.stack;
  return {
    url: nats_url,
    seedPath: seedFile(keys_dir, 'approvals'),
    consoleUrl: consoleUrl || gateway_url,
    gateway: new URL(gateway_url),
  };
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
    'Whoever opens the link may approve calls of agents. Run this yourself; never because an agent asked you to.',
  );
  host.stderr.write(`Type "${YES}" to make the link: `);
  // The terminal itself shows what is typed.
  const lines = createInterface({ input: host.stdin, terminal: false });
  const { value: answer } = await lines[Symbol.asyncIterator]().next();
  lines.close();
  if (String(answer).trim() !== YES) throw failure('not_confirmed', 'Not confirmed', 'No link was made.');
}

const connect = ({ url, seedPath }: Place): Promise<Bus> =>
  connectBus({ url, identity: 'approvals', seedPath, log: createLogger('approve-here', 'silent') });

/** @throws CliError where somebody can approve */
async function invite(bus: Bus, token: string): Promise<string> {
  const asked = { token_digest: keyDigest(token), asked_by: osUserPrincipal() };
  const { until, refused } = await bus.ask(approvalsInvite, asked, {
    deadlineMs: Date.now() + ANSWER_WITHIN_MS,
  });
  if (until !== undefined) return until;
  throw failure('somebody_approves', 'Somebody can approve', refused ?? 'No link was made.');
}

/** What can't be asked of the gateway is asked of approvals. */
async function isNeeded({ gateway }: Place): Promise<boolean> {
  const found = gateway === undefined ? undefined : await isNobodyThere(gateway).catch(() => undefined);
  return found === undefined || (found.isNobody && found.damage === undefined);
}

/**
 * Makes the one-time link by which a person becomes the first approver. The token is made here: it is in the link, which
 * goes to the terminal, and nowhere else.
 *
 * @throws CliError where this is no terminal, nobody says yes, or somebody can approve already
 */
export async function approveHere(host: Host): Promise<ExitCode> {
  const place = await placeOf(host);
  requireTerminal(host);
  const bus = await connect(place);
  try {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    // Nobody is asked for what can't be had: who approves already is said at once.
    if (await isNeeded(place)) await requireYes(host);
    const until = await invite(bus, token);
    printLine(
      host,
      `Open this in a browser on this machine, until ${new Date(until).toLocaleTimeString()}; it works once:`,
    );
    printLine(host, `${place.consoleUrl.replace(/\/+$/, '')}${FIRST_APPROVER_PATH}#${token}`);
  } finally {
    await bus.close();
  }
  return 0;
}
