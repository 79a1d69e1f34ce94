import { createHash } from 'node:crypto';
import { type Approver, parseApprovers } from '@aegis/contracts/approvers-file';
import { type IdentitiesImported, type ImportedFile, identityIdFor } from '@aegis/contracts/identities';
import { identityLog, importedLog } from '@aegis/contracts/subjects';
import { type ReadFile, readText, takeOnChange } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';
import type { IdentityReplica } from '@aegis/replicas/identities';
import { carry, type Entry } from '../domain/carry.ts';
import { type IdentityLog, personIn } from './identity-log.ts';

const WRITTEN_WITHIN_MS = 10_000;
const soon = (): number => Date.now() + WRITTEN_WITHIN_MS;
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

type Source = {
  readonly noun: string;
  /** What helps who was left out. */
  readonly anew: string;
  readonly parse: (text: string) => ReadFile<Entry[]>;
};

const toEntry = ([name, { key, ...more }]: [string, Approver]): Entry => ({
  name,
  digest: key,
  as: 'person',
  ...more,
});

/** The files of before, and how their names are read. */
const SOURCES: Readonly<Record<Exclude<ImportedFile, 'mcp-keys'>, Source>> = {
  approvers: {
    noun: 'approvers file',
    anew: '"aegis approvers add" and "remove"',
    parse: (text) => {
      const read = parseApprovers(text);
      return 'file' in read ? { file: Object.entries(read.file.approvers).map(toEntry) } : read;
    },
  },
};

export type Importing = {
  start(): Promise<void>;
  stop(): void;
  /** Why the file is not taken over, though it is there: nobody in it is known. */
  readonly problem: string | undefined;
  /** The same by the file as it is now. */
  damage(): Promise<string | undefined>;
  /** What people must know of a file that is there and counts no more. */
  readonly warnings: readonly string[];
};

type Deps = {
  readonly file: keyof typeof SOURCES;
  readonly path: string;
  readonly identities: IdentityLog;
  readonly replica: Pick<IdentityReplica, 'asStored'>;
  readonly now: () => Date;
  readonly log: Logger;
};

/** A firewall without such a file. */
export const NOTHING_TO_IMPORT: Importing = {
  start: () => Promise.resolve(),
  stop: () => undefined,
  problem: undefined,
  damage: () => Promise.resolve(undefined),
  warnings: [],
};

/**
 * Takes a file of before over, once: at the first start that finds it whole. Nothing of a damaged one is taken, nor of one
 * that comes, or is mended, later: whoever may write it would make people of a firewall that runs. What was taken stands on
 * the log, and what the file says since changes nothing.
 */
export function createImporting({ file, path, identities, replica, now, log }: Deps): Importing {
  const { noun, anew, parse } = SOURCES[file];
  const by = `import:${file}.json`;
  let problem: string | undefined;
  let warnings: readonly string[] = [];
  let isAtStart = false;

  /** Each on their own, so that a run which ends in the middle is gone on with by the next. */
  const take = async (entries: readonly Entry[], digest: string): Promise<IdentitiesImported> => {
    const carried: string[] = [];
    const left: IdentitiesImported['left'] = [];
    for (const entry of entries) {
      const { name } = entry;
      let because: string | undefined;
      await identities.write((stored) => {
        because = undefined;
        const { state, others } = personIn(stored, name);
        const found = carry(entry, state, others, now());
        if (found === 'there') return undefined;
        if ('because' in found) {
          because = found.because;
          return undefined;
        }
        const data = { identity: found.identity, by };
        return { subject: identityLog(identityIdFor(name)), name, type: found.type, data };
      }, soon());
      if (because === undefined) carried.push(name);
      else left.push({ name, because });
    }
    const data = { file, path, digest, carried, left, by };
    await identities.write((stored) => {
      if (stored.imported(file)) return undefined;
      return { subject: importedLog(file), name: file, type: 'aegis.identity.imported.v1', data };
    }, soon());
    return data;
  };

  const warn = (next: readonly string[]): void => {
    for (const warning of next) if (!warnings.includes(warning)) log.warn({ path }, warning);
    warnings = next;
  };

  const say = (done: IdentitiesImported, digest: string): void => {
    const changed =
      digest === done.digest
        ? []
        : [
            `the ${noun} ${path} was changed since it was taken over, which changes nothing: say it by ${anew}, and remove the file`,
          ];
    const left = done.left.map(
      ({ name, because }) =>
        `${name} of the ${noun} ${path} was not taken over (${because}): give them a name by ${anew}, and remove the file`,
    );
    warn([...left, ...changed]);
  };

  const look = async (): Promise<void> => {
    const mayTake = isAtStart;
    isAtStart = false;
    const found = await readText(path);
    const before = (await replica.asStored(soon())).imported(file);
    if (found.state === 'missing') {
      [problem, warnings] = [undefined, []];
      return;
    }
    const digest = 'bytes' in found && found.bytes ? digestOf(found.bytes) : '';
    if (before) {
      problem = undefined;
      say(before, digest);
      return;
    }
    const read = found.state === 'text' ? parse(found.text) : { problem: `it ${found.problem}` };
    if ('problem' in read) {
      problem = `the ${noun} ${path} was refused (${read.problem}); nobody in it is known, and it is read again at the next start`;
      log.warn({ problem }, 'a file of before was not taken over');
      return;
    }
    if (!mayTake) {
      problem = undefined;
      warn([
        `the ${noun} ${path} is taken over at the next start, and nobody in it is known until then: restart the firewall`,
      ]);
      return;
    }
    const done = await take(read.file, digest);
    problem = undefined;
    log.info(
      { path, carried: done.carried.length, left: done.left.length },
      'a file of before was taken over',
    );
    say(done, digest);
  };

  const taking = takeOnChange(path, look, (err) =>
    log.error({ err }, 'a file of before was not taken over; it will be tried again'),
  );
  return {
    start() {
      isAtStart = true;
      return taking.start();
    },
    stop: () => taking.stop(),
    get problem() {
      return problem;
    },
    async damage() {
      if (problem !== undefined) await taking.now();
      return problem;
    },
    get warnings() {
      return warnings;
    },
  };
}
