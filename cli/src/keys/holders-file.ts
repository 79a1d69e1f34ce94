import { type ReadFile, readText } from '@aegis/kit/files';
import { keyDigest, makeKey } from '@aegis/kit/keys';
import { failure, wrongUsage } from '../cli-error.ts';
import { replaceFile } from '../policy-file/replace-file.ts';

/** A file of names, each with the digest of a key. */
export type HoldersFile<T> = {
  /** Who is in it: `key` or `approver`. */
  readonly noun: 'key' | 'approver';
  /** The command that keeps it: `keys` or `approvers`. */
  readonly command: string;
  /** What its keys begin with. */
  readonly prefix: string;
  readonly path: string;
  readonly parse: (text: string) => ReadFile<Record<string, T>>;
  /** What stands in the file. */
  readonly toDocument: (holders: Record<string, T>) => unknown;
};

/** The holders of a file; none where it is not there. @throws CliError where it can't be read, or is no such file */
export async function readHolders<T>(file: HoldersFile<T>): Promise<Record<string, T>> {
  const { path, command } = file;
  const found = await readText(path);
  if (found.state === 'missing') return {};
  if (found.state !== 'text') {
    throw failure('file_unreadable', 'The file is not read', `${path} ${found.problem}.`);
  }
  const read = file.parse(found.text);
  if ('file' in read) return read.file;
  const detail = `${path} is no ${command} file: ${read.problem}.`;
  throw failure(`${command}_invalid`, `This is no ${command} file`, detail);
}

/** Writes a whole file, readable by its owner only; a reader sees the old or the new one. @throws CliError */
async function writeHolders<T>(file: HoldersFile<T>, holders: Record<string, T>): Promise<void> {
  const { path } = file;
  const text = `${JSON.stringify(file.toDocument(holders), null, 2)}\n`;
  const read = file.parse(text);
  if ('problem' in read) throw wrongUsage(`${read.problem}.`);
  await replaceFile(path, text, 'owner');
}

/** Makes a key for a new name and keeps its digest. `first`: nobody had one before. @throws CliError `<noun>_exists` */
export async function addHolder<T>(
  file: HoldersFile<T>,
  name: string,
  toHolder: (digest: string) => T,
): Promise<{ key: string; first: boolean }> {
  const { noun, command, prefix } = file;
  const holders = await readHolders(file);
  if (Object.hasOwn(holders, name)) {
    const detail = `There is ${noun === 'key' ? 'a key' : 'an approver'} of the name ${name} already: remove it first, with "aegis ${command} remove ${name}".`;
    throw failure(`${noun}_exists`, 'The name is taken', detail);
  }
  const key = makeKey(prefix);
  await writeHolders(file, { ...holders, [name]: toHolder(keyDigest(key)) });
  return { key, first: Object.keys(holders).length === 0 };
}

/** Takes a name out: its key is worthless from then on. `last`: nobody has one now. @throws CliError `<noun>_not_found` */
export async function removeHolder<T>(file: HoldersFile<T>, name: string): Promise<{ last: boolean }> {
  const { noun, path } = file;
  const holders = await readHolders(file);
  if (!Object.hasOwn(holders, name)) {
    const detail = `There is no ${noun} of the name ${name} in ${path}.`;
    throw failure(`${noun}_not_found`, `No such ${noun}`, detail);
  }
  const others = Object.entries(holders).filter(([other]) => other !== name);
  await writeHolders(file, Object.fromEntries(others));
  return { last: others.length === 0 };
}
