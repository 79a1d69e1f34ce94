import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SUITE = fileURLToPath(
  new URL('../../../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** `server-<scenario>-<time>`. */
const RESULT = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/;

export type Revision = '2025-11-25' | '2026-07-28';

/** One check: `scenario` and `name` tell apart what shares an id. */
export type Check = {
  scenario: string;
  id: string;
  name: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string;
};

/** The suite's own exit code says whether something failed; the records say what. */
function runCli(args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SUITE, ...args], { maxBuffer: MAX_OUTPUT_BYTES }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}

async function readChecks(folder: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const entry of await readdir(folder)) {
    const scenario = RESULT.exec(entry)?.[1];
    if (scenario === undefined) continue;
    const records = JSON.parse(await readFile(join(folder, entry, 'checks.json'), 'utf8')) as Check[];
    checks.push(...records.map((record) => ({ ...record, scenario })));
  }
  return checks;
}

/**
 * Every check record of what a revision requires of a server, also those that don't count towards conformance.
 *
 * @throws Error with what the suite printed, where it left no records
 */
export async function runSuite(url: string, revision: Revision): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aegis-conformance-'));
  try {
    const printed = await runCli(['server', '--url', url, '--requirements', revision, '-o', folder]);
    const checks = await readChecks(folder);
    if (checks.length === 0) throw new Error(`the conformance suite left no records:\n${printed}`);
    return checks;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Records as lines to compare, in an order of their own. */
export const toLines = (checks: readonly Check[]): string[] =>
  checks.map(({ scenario, id, name, status }) => `${status} ${scenario} ${id} ${name}`).toSorted();
