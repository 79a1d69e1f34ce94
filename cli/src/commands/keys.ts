import { CLIENT_KEY_PREFIX, KEYS_NEEDED, parseKeys } from '@aegis/contracts/keys-file';
import { createOnce } from '@aegis/kit/files';
import type { Command } from 'commander';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { addHolder, type HoldersFile, readHolders, removeHolder } from '../keys/holders-file.ts';
import { keysFiles } from '../keys/keys-files.ts';
import { dataDirOf } from '../local/stack/stack-file.ts';
import { parseKeyName } from '../option-parsers.ts';
import { printDocument, printLine, printList, printNote } from '../output.ts';
import { runs } from './runs.ts';

const keysFile = ({ env }: Pick<Host, 'env'>): HoldersFile<string> => ({
  noun: 'key',
  command: 'keys',
  prefix: CLIENT_KEY_PREFIX,
  path: keysFiles(env, dataDirOf(env)).MCP_KEYS_FILE,
  parse: (text) => {
    const read = parseKeys(text);
    return 'file' in read ? { file: read.file.keys } : read;
  },
  toDocument: (keys) => ({ keys }),
});

async function addKey(host: Host, name: string, { json }: GlobalOptions): Promise<ExitCode> {
  const file = keysFile(host);
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
  const file = keysFile(host);
  const keys = await readHolders(file);
  const { path } = file;
  printList(host, options, { path, keys }, ['NAME', 'DIGEST'], Object.entries(keys), `No keys in ${path}.`);
  return 0;
}

/** A firewall looks at the file at once for a key that it does not know, and every now and then for one that it does. */
const COUNTS = 'A firewall that runs takes it as no longer good within a second.';

async function removeKey(host: Host, name: string, { json }: GlobalOptions): Promise<ExitCode> {
  const file = keysFile(host);
  const { last } = await removeHolder(file, name);
  if (json) printDocument(host, { name, path: file.path });
  else printLine(host, `The key ${name} is no longer good.`);
  printNote(host, COUNTS);
  if (last) {
    printNote(
      host,
      'It was the last one: now nobody is let in over HTTP, until "aegis keys add" makes another.',
    );
  }
  return 0;
}

/** `aegis keys add|list|remove`: who may use MCP over HTTP. */
export function registerKeys(program: Command, host: Host): void {
  const keys = program.command('keys').description('API keys of MCP clients over HTTP');
  keys
    .command('add')
    .description('make a key and show it once; its digest is kept in MCP_KEYS_FILE')
    .argument('<name>', 'whose key it is; rules see key:<name>', parseKeyName)
    .action(runs(host, () => addKey));
  keys
    .command('list')
    .description('list the names and digests of the keys')
    .action(runs(host, () => listKeys));
  keys
    .command('remove')
    .description('make a key worthless')
    .argument('<name>', 'whose key it is', parseKeyName)
    .action(runs(host, () => removeKey));
}
