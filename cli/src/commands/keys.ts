import { KeyName, keyDigest, makeKey } from '@aegis/mcp/keys';
import { type Command, InvalidArgumentError } from 'commander';
import { failure } from '../cli-error.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { keysPath, readKeys, writeKeys } from '../keys/keys-store.ts';
import { printDocument, printLine, printNote, printRows } from '../output.ts';

function parseName(text: string): string {
  const parsed = KeyName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'not valid'}.`);
}

async function addKey(host: Host, name: string, { json }: GlobalOptions): Promise<ExitCode> {
  const path = keysPath(host);
  const keys = await readKeys(path);
  if (Object.hasOwn(keys, name)) {
    const detail = `There is a key of the name ${name} already: remove it first, with "aegis keys remove ${name}".`;
    throw failure('key_exists', 'The name is taken', detail);
  }
  const key = makeKey();
  await writeKeys(path, { ...keys, [name]: keyDigest(key) });
  if (json) printDocument(host, { name, key, path });
  else printLine(host, key);
  printNote(
    host,
    `This key is shown once; ${path} keeps its digest only. Calls made with it are those of key:${name}.`,
  );
  if (Object.keys(keys).length === 0) {
    printNote(host, `It is the first one: once AegisMCP is started again, MCP clients over HTTP need a key.`);
  }
  return 0;
}

async function listKeys(host: Host, { json }: GlobalOptions): Promise<ExitCode> {
  const path = keysPath(host);
  const keys = await readKeys(path);
  if (json) printDocument(host, { path, keys });
  else {
    printRows(host, ['NAME', 'DIGEST'], Object.entries(keys), `No keys in ${path}.`);
  }
  return 0;
}

async function removeKey(host: Host, name: string, { json }: GlobalOptions): Promise<ExitCode> {
  const path = keysPath(host);
  const keys = await readKeys(path);
  if (!Object.hasOwn(keys, name)) {
    throw failure('key_not_found', 'No such key', `There is no key of the name ${name} in ${path}.`);
  }
  await writeKeys(path, Object.fromEntries(Object.entries(keys).filter(([other]) => other !== name)));
  if (json) printDocument(host, { name, path });
  else printLine(host, `The key ${name} is no longer good.`);
  return 0;
}

/** `aegis keys add|list|remove`: who may use MCP over HTTP. */
export function registerKeys(program: Command, host: Host): void {
  const keys = program.command('keys').description('API keys of MCP clients over HTTP');
  keys
    .command('add')
    .description('make a key and show it once; its digest is kept in MCP_KEYS_FILE')
    .argument('<name>', 'whose key it is; rules see key:<name>', parseName)
    .action(async (name: string, _: unknown, command: Command) => {
      host.exitCode = await addKey(host, name, command.optsWithGlobals<GlobalOptions>());
    });
  keys
    .command('list')
    .description('list the names and digests of the keys')
    .action(async (_: unknown, command: Command) => {
      host.exitCode = await listKeys(host, command.optsWithGlobals<GlobalOptions>());
    });
  keys
    .command('remove')
    .description('make a key worthless')
    .argument('<name>', 'whose key it is', parseName)
    .action(async (name: string, _: unknown, command: Command) => {
      host.exitCode = await removeKey(host, name, command.optsWithGlobals<GlobalOptions>());
    });
}
