import { join, resolve } from 'node:path';
import { APPROVER_KEY_PREFIX, type Approver, parseApprovers } from '@aegis/contracts/approvers-file';
import type { Command } from 'commander';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { addHolder, type HoldersFile, readHolders, removeHolder } from '../keys/holders-file.ts';
import { dataDirOf } from '../local/stack/stack-file.ts';
import { CALLS_AS, collect, parseKeyName } from '../option-parsers.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';
import { runs } from './runs.ts';

type FileOptions = GlobalOptions & { readonly file?: string };
type AddOptions = FileOptions & { readonly role?: string[]; readonly principal?: string[] };

/** `--file`, else `APPROVERS_FILE`, else `approvers.json` in the data directory. */
const approversFile = ({ env }: Pick<Host, 'env'>, { file }: FileOptions): HoldersFile<Approver> => ({
  noun: 'approver',
  command: 'approvers',
  prefix: APPROVER_KEY_PREFIX,
  path: resolve(file ?? (env['APPROVERS_FILE'] || join(dataDirOf(env), 'approvers.json'))),
  parse: (text) => {
    const read = parseApprovers(text);
    return 'file' in read ? { file: read.file.approvers } : read;
  },
  toDocument: (approvers) => ({ approvers }),
});

async function addApprover(host: Host, name: string, options: AddOptions): Promise<ExitCode> {
  const file = approversFile(host, options);
  const { role: roles, principal: principals } = options;
  const { key } = await addHolder(file, name, (digest) => ({
    key: digest,
    roles,
    principals,
  }));
  if (options.json) printDocument(host, { name, key, path: file.path });
  else printLine(host, key);
  printNote(
    host,
    `This key is shown once; ${file.path} keeps its digest only. With it ${name} signs in at the console and decides.`,
  );
  return 0;
}

async function listApprovers(host: Host, options: FileOptions): Promise<ExitCode> {
  const { path, ...file } = approversFile(host, options);
  const approvers = await readHolders({ path, ...file });
  const rows = Object.entries(approvers).map(([name, { key, roles = [], principals = [] }]) => [
    name,
    roles.join(' '),
    principals.join(' '),
    key,
  ]);
  const header = ['NAME', 'ROLES', 'CALLS AS', 'DIGEST'];
  printList(host, options, { path, approvers }, header, rows, `No approvers in ${path}.`);
  return 0;
}

async function removeApprover(host: Host, name: string, options: FileOptions): Promise<ExitCode> {
  const file = approversFile(host, options);
  await removeHolder(file, name);
  if (options.json) printDocument(host, { name, path: file.path });
  else printLine(host, `${name} approves nothing any more.`);
  return 0;
}

const FILE = [
  '--file <path>',
  'the file (default: APPROVERS_FILE, else approvers.json of AEGIS_DATA_DIR)',
] as const;

/** `aegis approvers add|list|remove`: who may decide, each with a key of their own. */
export function registerApprovers(program: Command, host: Host): void {
  const approvers = program
    .command('approvers')
    .description('people who may decide, each with their own key');
  approvers
    .command('add')
    .description('make a key for an approver and show it once; its digest is kept')
    .argument('<name>', 'who it is; rules name them by it', parseKeyName)
    .option('--role <role>', 'what rules may name instead; may be repeated', collect(parseKeyName))
    .option(...CALLS_AS)
    .option(...FILE)
    .action(runs(host, () => addApprover));
  approvers
    .command('list')
    .description('list the approvers, their roles and the digests of their keys')
    .option(...FILE)
    .action(runs(host, () => listApprovers));
  approvers
    .command('remove')
    .description("make an approver's key worthless")
    .argument('<name>', 'who it is', parseKeyName)
    .option(...FILE)
    .action(runs(host, () => removeApprover));
}
