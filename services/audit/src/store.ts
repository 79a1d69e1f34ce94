import type { Read } from '@aegis/bus';
import type { AuditLine } from '@aegis/contracts/audit';
import { AppError } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import { isAboutApproval } from './domain/approval-line.ts';
import type { AuditEntry } from './domain/entry.ts';
import { eventIdOf } from './domain/recorded.ts';
import { linesBackward } from './file/backward.ts';
import { type LineFile, openLineFile } from './file/line-file.ts';
import { writeProblem } from './file/write-problem.ts';

const READ_WITHIN_MS = 5_000;

export type StoreOptions = { auditPath: string; approvalsPath: string; read: Read; now: () => Date };

/** The two files. The last line of each is the checkpoint of what is in it. */
export type Store = ReturnType<typeof createStore>;

/** @throws AppError `audit_unavailable` where the file's last line is not in the log: it belongs to another one. */
async function checkAgainstLog(file: LineFile, read: Read): Promise<void> {
  if (file.last === undefined) return;
  const { seq, eventId } = file.last;
  const stored = await read.at(seq, Date.now() + READ_WITHIN_MS);
  if (stored !== undefined && eventIdOf(stored) === eventId) return;
  const found = stored === undefined ? 'ends before that' : `has event ${eventIdOf(stored)} there`;
  throw new AppError(
    'audit_unavailable',
    `${file.path} ends with event ${eventId} at sequence ${seq}, but the log ${found}: they do not belong together. ` +
      'Bring back the log that belongs to the file, or move the file away to have it written anew.',
  );
}

/** Whether the audit file has an approval that the approvals file lacks: that one was removed, or lost its end. */
async function lacksApprovals(audit: LineFile, approvals: LineFile): Promise<boolean> {
  const have = approvals.last?.seq ?? 0;
  for await (const { text } of linesBackward(audit.handle, audit.length())) {
    if (Number(/^\{"seq":(\d+),/.exec(text)?.[1]) <= have) return false;
    if (text.includes('"type":"aegis.approval.') && isAboutApproval(parseJson(text) as AuditLine))
      return true;
  }
  return false;
}

async function openFiles({ auditPath, approvalsPath, now }: StoreOptions): Promise<[LineFile, LineFile]> {
  try {
    const audit = await openLineFile(auditPath, true, now());
    try {
      return [audit, await openLineFile(approvalsPath, false, now())];
    } catch (error) {
      await audit.close();
      throw error;
    }
  } catch (cause) {
    throw new AppError('audit_unavailable', writeProblem(cause), { cause });
  }
}

/**
 * Opens both files, mends torn ends, and compares their last lines with the log.
 *
 * @throws AppError `audit_unavailable` with what is wrong and how to mend it
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const [audit, approvals] = await openFiles(options);
  const close = async (): Promise<void> => {
    await Promise.all([audit.close(), approvals.close()]);
  };
  try {
    await checkAgainstLog(audit, options.read);
    await checkAgainstLog(approvals, options.read);
    const behind = await lacksApprovals(audit, approvals);
    return createStore(audit, approvals, behind, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function createStore(audit: LineFile, approvals: LineFile, behind: boolean, close: () => Promise<void>) {
  let auditSeq = audit.last?.seq ?? 0;
  let approvalsSeq = approvals.last?.seq ?? 0;
  return {
    audit,
    /** The first sequence that one of the files lacks. */
    nextSeq: (behind ? approvalsSeq : auditSeq) + 1,
    /** Where torn ends were moved to. */
    setAside: [audit.setAside, approvals.setAside].filter((path) => path !== undefined),
    /** The last sequence that is in the audit file, on the disk. */
    auditSeq: (): number => auditSeq,
    /** Adds what the files lack of these, approvals first, so that the audit file never knows more than they do. */
    async append(entries: readonly AuditEntry[]): Promise<void> {
      const about = entries.filter((entry) => entry.approval !== undefined && entry.seq > approvalsSeq);
      const lastAbout = about.at(-1);
      if (lastAbout) {
        await approvals.append(about.map((entry) => entry.approval).join(''));
        approvalsSeq = lastAbout.seq;
      }
      const lines = entries.filter((entry) => entry.seq > auditSeq);
      const last = lines.at(-1);
      if (last) {
        await audit.append(lines.map((entry) => entry.audit).join(''));
        auditSeq = last.seq;
      }
    },
    /** Sentences about the files. @throws FileChangedError where one has to be opened again */
    async check(): Promise<string[]> {
      return [...(await approvals.check()), ...(await audit.check())];
    },
    close,
  };
}
