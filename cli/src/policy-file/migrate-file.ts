import { wrongUsage } from '../cli-error.ts';
import { visible } from '../format/visible.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printNote } from '../output.ts';
import { formatOf, formatPolicy } from './format-policy.ts';
import { nameOf, readPolicyFile, STDIN } from './read-policy-file.ts';
import { keepBackup, replaceFile } from './replace-file.ts';
import { type CheckedPolicy, checkPolicyText } from './validate.ts';

export type MigrateOptions = GlobalOptions & { readonly inPlace?: true; readonly backup?: true };

type Done = { readonly written?: string; readonly backup?: string };

function refuse(host: Host, file: string, errors: readonly string[], json: boolean): ExitCode {
  if (json) printDocument(host, { ok: false, version: 2, errors, notes: [] });
  else for (const error of errors) printNote(host, `${visible(nameOf(file))}: ${visible(error)}`);
  return 1;
}

/** A policy that is version 2 already is left alone, so that doing it twice is doing it once. */
async function write(
  file: string,
  text: string,
  isMigrated: boolean,
  options: MigrateOptions,
): Promise<Done> {
  if (!isMigrated) return {};
  const backup = options.backup ? await keepBackup(file) : undefined;
  if (options.inPlace) await replaceFile(file, text);
  return { ...(backup && { backup }), ...(options.inPlace && { written: file }) };
}

function printNotes(host: Host, file: string, notes: readonly string[], done: Done): void {
  for (const note of notes) printNote(host, `${visible(nameOf(file))}: ${visible(note)}`);
  if (notes.length === 0) printNote(host, `${visible(nameOf(file))}: version 2 already, nothing to migrate.`);
  if (done.backup) printNote(host, `${visible(nameOf(file))}: kept as ${visible(done.backup)}.`);
  if (done.written)
    printNote(host, `${visible(nameOf(file))}: written; comments of the old file are not in it.`);
}

/** Version 1 to version 2: the result on stdout, or into the file with `inPlace`; remarks on stderr. */
export async function migrateFile(host: Host, file: string, options: MigrateOptions): Promise<ExitCode> {
  if (file === STDIN && (options.inPlace || options.backup)) {
    throw wrongUsage('--in-place and --backup need a file: standard input has none.');
  }
  const text = await readPolicyFile(host, file);
  const checked: CheckedPolicy = checkPolicyText(text);
  if (!checked.ok) return refuse(host, file, checked.errors, options.json === true);
  const { policy, migrated, notes } = checked.migration;
  const result = migrated ? formatPolicy(policy, formatOf(file, text)) : text;
  const done = await write(file, result, migrated, options);
  if (options.json) {
    printDocument(host, { ok: true, version: 2, policy, errors: [], migrated, notes, ...done });
    return 0;
  }
  if (!options.inPlace) host.stdout.write(result);
  printNotes(host, file, notes, done);
  return 0;
}
