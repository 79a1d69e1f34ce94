import { identityIdFor } from '@aegis/contracts/identities';
import { KEYS_NEEDED } from '@aegis/contracts/keys-file';
import type { AppError } from '@aegis/kit/errors';
import { createOnce } from '@aegis/kit/files';
import { type Command, Option } from 'commander';
import { type CliError, failure } from '../cli-error.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { addHolder, readHolders, removeHolder } from '../keys/holders-file.ts';
import { identityRows } from '../keys/identity-words.ts';
import { keysFiles } from '../keys/keys-files.ts';
import { mcpKeys } from '../keys/mcp-keys.ts';
import { isNotRunning, onLog, whyUnknown } from '../keys/on-log.ts';
import { dataDirOf } from '../local/stack/stack-file.ts';
import { CALLS_AS, collect, parseKeyName, parseLifetime } from '../option-parsers.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';
import { runs } from './runs.ts';

const A_DAY_MS = 86_400_000;

/** A name on the log would be the same caller. @throws CliError `name_taken` */
async function requireNotOnLog(host: Host, name: string): Promise<void> {
  const found = await onLog(host);
  if ('unknown' in found) return;
  const taken = found.identities.find((one) => one.identity_id === identityIdFor(name));
  if (taken === undefined) return;
  const detail = `${taken.name} is on the log already, which is the same caller: its keys are good for MCP too. Make it one more with "aegis keys rotate ${taken.name}", or take another name.`;
  throw failure('name_taken', 'The name is taken', detail);
}

async function addKey(host: Host, name: string, { json }: GlobalOptions): Promise<ExitCode> {
  const file = mcpKeys(host);
  await requireNotOnLog(host, name);
  const { key, first } = await addHolder(file, name, (digest) => digest);
  const { MCP_KEYS_NEEDED_FILE: needed } = keysFiles(host.env, dataDirOf(host.env));
  if (needed !== undefined) await createOnce(needed, KEYS_NEEDED);
  if (json) printDocument(host, { name, key, path: file.path });
  else printLine(host, key);
  printNote(
    host,
    `This key is shown once; ${file.path} keeps its digest only. Calls made with it are those of key:${name}.`,
  );
  if (first) {
    printNote(host, `It is the first one: from now on MCP clients over HTTP need a key.`);
  }
  return 0;
}

async function listKeys(host: Host, options: GlobalOptions): Promise<ExitCode> {
  const file = mcpKeys(host);
  const keys = await readHolders(file);
  const { path } = file;
  const found = await onLog(host);
  const identities = 'identities' in found ? found.identities : undefined;
  const answer = { path, keys, ...(identities === undefined ? {} : { identities }) };
  const rows = [...Object.entries(keys), ...identityRows(identities ?? [], Date.now())];
  printList(host, options, answer, ['NAME', 'DIGEST', 'ROLES', 'GOOD'], rows, `No keys in ${path}.`);
  if ('unknown' in found)
    printNote(host, `${whyUnknown(found.unknown)} these are the keys of the file only.`);
  return 0;
}

/** A firewall looks at the file at once for a key that it does not know, and every now and then for one that it does. */
const COUNTS = 'A firewall that runs takes it as no longer good within a second.';

type TakenOut = { readonly last: boolean; readonly path?: string; readonly unknown?: CliError | AppError };

/** Takes a name out of the file and off the log: it is one caller, whichever of them knows it. */
async function takeOut(host: Host, name: string): Promise<TakenOut> {
  const file = mcpKeys(host);
  const isInFile = Object.hasOwn(await readHolders(file), name);
  const taken = isInFile ? { ...(await removeHolder(file, name)), path: file.path } : undefined;
  const found = await onLog(host);
  if ('identities' in found && found.identities.some((one) => one.name === name)) {
    await (await import('../keys/ask-policy.ts')).removeIdentity(host, name);
    return taken ?? { last: false };
  }
  if (!taken && 'unknown' in found && !isNotRunning(found.unknown)) throw found.unknown;
  return { ...(taken ?? (await removeHolder(file, name))), ...('unknown' in found ? found : {}) };
}

async function removeKey(host: Host, name: string, { json }: GlobalOptions): Promise<ExitCode> {
  const { last, path, unknown } = await takeOut(host, name);
  if (json) printDocument(host, { name, path });
  else printLine(host, `The key ${name} is no longer good.`);
  printNote(host, COUNTS);
  if (unknown)
    printNote(
      host,
      `${whyUnknown(unknown)} only the file was looked at: a key of ${name} on the log stays good.`,
    );
  printNote(host, `Whoever gets the name next is the same caller: what ${name} asked and may do is theirs.`);
  if (last) {
    printNote(
      host,
      'It was the last one: now nobody is let in over HTTP but by the key of a name on the log, until "aegis keys add" makes another.',
    );
  }
  return 0;
}

const EXPIRES = ['--expires <time>', 'how long it is good, such as 12h or 90d', parseLifetime] as const;

const ofSide = (): Option =>
  new Option('--as <side>', 'of a person who is an agent too: whose keys (default: agent)').choices([
    'agent',
    'person',
  ]);

const load = () => import('../keys/identity-keys.ts');

/** Keys of names on the log, for REST and MCP. */
function registerIdentityKeys(keys: Command, host: Host): void {
  keys
    .command('create')
    .description(
      'give somebody a name, and a key for REST and MCP; it is shown once, and its digest is on record',
    )
    .requiredOption('--name <name>', 'who it is; rules see key:<name>', parseKeyName)
    .option(
      '--role <role>',
      'what it may do: agent (default), approver, auditor, operator or admin; or what rules name a person by; may be repeated',
      collect(parseKeyName),
    )
    .addOption(
      new Option('--kind <kind>', 'what it is (default: agent by that role alone, else person)').choices([
        'agent',
        'person',
        'service',
      ]),
    )
    .option(...CALLS_AS)
    .option(...EXPIRES)
    .action(runs(host, async () => (await load()).createKey));
  keys
    .command('show')
    .description('show the keys of a name, those that are over among them')
    .argument('<name>', 'who it is', parseKeyName)
    .action(runs(host, async () => (await load()).showKeys));
  keys
    .command('rotate')
    .description('make a new key for a name; those before it end after the overlap')
    .argument('<name>', 'who it is', parseKeyName)
    .option(...EXPIRES)
    .option('--overlap <time>', 'how long the key before it stays good', parseLifetime, A_DAY_MS)
    .addOption(ofSide())
    .action(runs(host, async () => (await load()).rotateKeys));
  keys
    .command('revoke')
    .description('make all keys of a name worthless; the name stays')
    .argument('<name>', 'who it is', parseKeyName)
    .addOption(ofSide())
    .action(runs(host, async () => (await load()).revokeAll));
}

/** `aegis keys`: who may ask over REST and MCP. */
export function registerKeys(program: Command, host: Host): void {
  const keys = program.command('keys').description('keys of agents and of MCP clients over HTTP');
  registerIdentityKeys(keys, host);
  keys
    .command('add')
    .description('make a key of an MCP client and show it once; its digest is kept in MCP_KEYS_FILE')
    .argument('<name>', 'whose key it is; rules see key:<name>', parseKeyName)
    .action(runs(host, () => addKey));
  keys
    .command('list')
    .description('list the names, digests, roles and ends of the keys')
    .action(runs(host, () => listKeys));
  keys
    .command('remove')
    .description('make a key worthless, and take its name out')
    .argument('<name>', 'whose key it is', parseKeyName)
    .action(runs(host, () => removeKey));
}
