import { lstat, readdir } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Env } from '@aegis/kit/env';
import { codeOf } from '@aegis/kit/errors';
import { program } from '../../relay/data-directory.js';
import { type Firewall, otherFirewall } from './behind.ts';
import { hasNoList, otherFormat, readEntries, SAYS } from './client-config.ts';
import { fileBehind, readText } from './file-text.ts';
import { type ClientFile, EACH, knownClientFiles } from './known-clients.ts';
import { type Known, planProtection, type Step } from './plan.ts';
import { readRegistry } from './registry.ts';
import { knownServers } from './servers-file.ts';
import { sharedNames } from './wrap-form.ts';

/** One server of a client, and whether it is behind the firewall. */
export type Row = {
  client: string;
  file: string;
  server: string;
  behind: boolean;
  name: string | null;
  /** Why it is not, where that is more than that nobody put it there. */
  because?: string;
  /** The data directory of another firewall that it is behind instead. */
  other_firewall?: string;
  /** Variables of its server that a firewall which is started for it gets, too: an earlier version wrote them so. */
  shared?: readonly string[];
};

/** What was seen in clients' files: their servers, files that could not be read, and files that nobody looked into. */
export type Seen = {
  readonly rows: Row[];
  readonly unreadable: { file: string; why: string }[];
  readonly notLookedInto: { client: string; file: string; why: string }[];
};

/** What an older AegisMCP wrote into a file that is on record is behind the firewall, too. */
const isOfBefore = (step: Step, known: Known): boolean =>
  step.to === 'wrap' && step.isWritten && known.written !== undefined;

function rowOf(
  { client, path: file }: ClientFile,
  step: Step,
  known: Known,
  firewall: Firewall,
): Row | undefined {
  if (step.to === 'self') return undefined;
  const row = { client, file, server: step.entry.name };
  const other = otherFirewall(step.entry.value, firewall);
  if (other !== undefined) return { ...row, behind: false, name: null, other_firewall: other };
  if (step.to === 'left') return { ...row, behind: false, name: null, because: step.because };
  const behind = step.to === 'none' || isOfBefore(step, known);
  const shared = step.to === 'wrap' && behind ? sharedNames(step.entry.value) : [];
  return { ...row, behind, name: behind ? step.name : null, ...(shared.length > 0 && { shared }) };
}

/** What is so of a server that is behind the firewall as an earlier version wrote it; `mend` is what a person does. */
export function sharing({ server, file, shared = [] }: Row): { message: string; mend: string } | undefined {
  if (shared.length === 0) return undefined;
  const message = `${server} of ${file} is behind it as an earlier version wrote it: a firewall that is started for it gets its variables, too (${shared.join(', ')})`;
  return { message, mend: `run "${program()} protect ${file}" again` };
}

/** Words that stand in a file of another format where it has servers of MCP. */
const HAS_SERVERS = /mcp|^\s*extensions\s*:/im;

/** @throws CliError where a file can't be read */
async function lookInto(file: ClientFile, firewall: Firewall, seen: Seen): Promise<void> {
  const { client, path } = file;
  const registry = await readRegistry(firewall.dataDir);
  const text = await readText(path);
  const format = otherFormat(path);
  if (format !== undefined) {
    if (HAS_SERVERS.test(text))
      seen.notLookedInto.push({ client, file: path, why: SAYS.status.otherFormat(format) });
    return;
  }
  if (hasNoList(text)) return;
  // Where the servers file is not readable, nothing is known to be behind it.
  const servers = await knownServers(firewall.serversPath).catch(() => new Map<string, unknown>());
  const known = { servers, written: registry[await fileBehind(path, registry)] };
  const steps = planProtection(readEntries(path, text, SAYS.status), firewall, known);
  seen.rows.push(...steps.flatMap((step) => rowOf(file, step, known, firewall) ?? []));
}

/** Whether anything is at a path; what can't be looked at may be there, and reading it says why not. */
const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes(codeOf(error)),
  );

/** The paths that one stands for; more in one folder are not looked into. */
const MOST_IN_FOLDER = 500;

async function pathsOf(path: string): Promise<readonly string[]> {
  const parts = path.split(sep);
  const at = parts.indexOf(EACH);
  if (at < 0) return [path];
  const names = await readdir(parts.slice(0, at).join(sep)).catch(() => []);
  const each = names.toSorted((a, b) => a.localeCompare(b)).slice(0, MOST_IN_FOLDER);
  return (await Promise.all(each.map((name) => pathsOf(parts.with(at, name).join(sep))))).flat();
}

/** The known files that are there, and every other one that was put behind this firewall, each once. */
async function filesHere(dataDir: string, env: Env): Promise<readonly ClientFile[]> {
  const others = Object.keys(await readRegistry(dataDir)).map((path) => ({ client: 'other', path }));
  const files = new Map<string, ClientFile>();
  for (const { client, path: known } of [...knownClientFiles(process.cwd(), env), ...others]) {
    for (const path of client === 'other' ? [known] : await pathsOf(known)) {
      if (!(await isThere(path))) continue;
      const real = await fileBehind(path, {});
      if (!files.has(real)) files.set(real, { client, path });
    }
  }
  return [...files.values()];
}

/** Looks into every client's file that is here. Never throws. */
export async function lookIntoClients(firewall: Firewall, env: Env): Promise<Seen> {
  const seen: Seen = { rows: [], unreadable: [], notLookedInto: [] };
  for (const file of await filesHere(firewall.dataDir, env)) {
    try {
      await lookInto(file, firewall, seen);
    } catch (error) {
      seen.unreadable.push({ file: file.path, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return seen;
}
