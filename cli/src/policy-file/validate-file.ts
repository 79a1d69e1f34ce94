import { program } from '../../relay/data-directory.js';
import { paintStatus } from '../format/paint.ts';
import { visible } from '../format/visible.ts';
import type { ExitCode, GlobalOptions, Host } from '../host.ts';
import { printDocument, printLine } from '../output.ts';
import { nameOf, readPolicyFile } from './read-policy-file.ts';
import { type CheckedPolicy, checkPolicyText } from './validate.ts';
import { type WouldEnd, wouldEnd, wouldEndLines } from './would-end.ts';

/** What a firewall that runs did not say. */
const untold = ({ because }: WouldEnd): string[] =>
  because === undefined
    ? []
    : [`the file is checked; what it would end of what waits can not be told: ${because}`];

const UNREAD = 'What its rules say was not looked at yet: mend this first, and check it again.';

/** The same answer as `POST /policy/validate`. */
function validationDocument(checked: CheckedPolicy, would: WouldEnd): object {
  const { ends } = would;
  return checked.ok
    ? {
        ok: true,
        errors: [],
        version: 2,
        migrated: checked.migration.migrated,
        notes: [
          ...checked.migration.notes,
          ...[...checked.warnings, ...untold(would)].map((warning) => `Warning: ${warning}`),
        ],
        ...(ends && { ends }),
      }
    : {
        ok: false,
        errors: checked.errors,
        version: 2,
        migrated: false,
        notes: checked.isUnread ? [UNREAD] : [],
      };
}

/** Says whether a policy file is valid, and every error in it where it is not; and what it would end where one runs. */
export async function validateFile(
  host: Host,
  file: string,
  { json, url }: GlobalOptions,
): Promise<ExitCode> {
  const checked = checkPolicyText(await readPolicyFile(host, file));
  const would = checked.ok ? await wouldEnd(host, checked.policy, url) : {};
  if (json) printDocument(host, validationDocument(checked, would));
  else if (checked.ok) {
    printLine(
      host,
      `${paintStatus(host, 'valid')}  ${visible(nameOf(file))} is a version ${checked.version} policy`,
    );
    if (checked.migration.migrated)
      printLine(host, `  It works as it is. As version 2, by "${program()} policy migrate", it would be:`);
    for (const note of checked.migration.notes) printLine(host, `  ${visible(note)}`);
    if (would.ends) for (const line of wouldEndLines(would.ends)) printLine(host, `  ${visible(line)}`);
    for (const warning of [...checked.warnings, ...untold(would)])
      printLine(host, `  ${paintStatus(host, 'warn')}  ${visible(warning)}`);
  } else {
    printLine(host, `${paintStatus(host, 'invalid')}  ${visible(nameOf(file))}`);
    for (const error of checked.errors) printLine(host, `  ${visible(error)}`);
    if (checked.isUnread) printLine(host, `  ${UNREAD}`);
    if (checked.goesOn)
      printLine(host, '  Where it is in force already, it goes on; once it is changed, it is refused.');
  }
  return checked.ok ? 0 : 1;
}
