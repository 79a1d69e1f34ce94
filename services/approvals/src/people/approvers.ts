import { hash, randomUUID } from 'node:crypto';
import type { Credential } from '@aegis/contracts/approvals';
import { APPROVER_KEY_PREFIX, type ApproversFile, parseApprovers } from '@aegis/contracts/approvers-file';
import { AppError } from '@aegis/kit/errors';
import { createOnce, createWatchedFile, replaceFile, type WatchedFile } from '@aegis/kit/files';
import { keyDigest } from '@aegis/kit/keys';
import type { Logger } from '@aegis/kit/logger';
import type { Mutex } from '@aegis/kit/mutex';
import { type Approver, CODE_HOLDER, requireAdmin } from '../domain/approver.ts';
import type { ApprovalIndex } from '../projections/approval-index.ts';
import { checkAttempts, NO_CODE_HERE, sourceOf } from './code.ts';
import { isRightCode } from './code-digest.ts';

const NOBODY: ApproversFile = { approvers: {} };

export type Approvers = {
  start(): Promise<void>;
  stop(): void;
  /**
   * Who sends this secret: an approver by their own key, or whoever knows the code.
   *
   * @throws AppError `unauthorized` where it is neither, `too_many_attempts` where too many were wrong of late
   */
  authenticate(credential: Credential): Promise<Approver>;
  /** The same, for what takes the role `admin`. @throws AppError `not_an_approver` too */
  authorizeAdmin(credential: Credential): Promise<Approver>;
  /**
   * Somebody who said something before; undefined where they are no approver any more, or it was by another key: who has a
   * name that was another's has not said what that one said.
   */
  byName(name: string, keyMark?: string): Approver | undefined;
  /** Somebody who signed in before; undefined where they are no approver any more, or have another key by now. */
  known(name: string, keyId: string): Approver | undefined;
  /** What of a person's secret a session remembers, so that it ends with the secret. */
  keyIdOf(name: string): string | undefined;
  /** Whether there is neither a code nor an approver. */
  readonly isNobody: boolean;
  /** Why no first approver is needed, or can be kept, by the file as it is now; undefined where nobody can approve. */
  whyNoFirst(): Promise<string | undefined>;
  /** Keeps the first approver. @throws AppError `already_decided` where somebody else was added at the same time */
  writeFirst(name: string, approver: ApproversFile['approvers'][string]): Promise<void>;
  readonly problem: string | undefined;
  /** The same by the file as it is now, where something is in its place, so that no first approver can be kept there. */
  damage(): Promise<string | undefined>;
};

type ApproversDeps = {
  path: string | undefined;
  /** What is kept of the code; undefined where there is none. */
  code: string | undefined;
  /** Where wrong codes are counted, those for approvals too. */
  wrongCodes: Pick<ApprovalIndex, 'wrongCodesSince' | 'countWrongCode'>;
  codesOneByOne: Mutex;
  now: () => Date;
  log: Logger;
};

/** Looked up by its digest: of 256 bits of chance, the time that it takes tells nothing. */
type ByDigest = ReadonlyMap<string, Approver>;

/** Enough to tell one key from another, and nothing of the key. */
const MARK_CHARS = 16;

const toApprover = (
  name: string,
  { key, roles = [], principals = [] }: ApproversFile['approvers'][string],
): Approver => ({
  name,
  roles,
  principals,
  keyMark: hash('sha256', key, 'hex').slice(0, MARK_CHARS),
});

const indexed = ({ approvers }: ApproversFile): ByDigest =>
  new Map(Object.entries(approvers).map(([name, one]) => [one.key, toApprover(name, one)]));

const watched = (
  path: string,
  log: Logger,
  changed: (now: ApproversFile) => void,
): WatchedFile<ApproversFile> =>
  createWatchedFile({
    path,
    what: 'approvers file',
    parse: parseApprovers,
    nothing: NOBODY,
    nothingMeans: 'no key of an approver is accepted',
    // No problem before the first one is added.
    unset: NOBODY,
    missing: 'problem',
    // Nobody could be told apart from a stranger, nor from whom was taken out.
    bad: 'nothing',
    log,
    changed: (_before, now) => changed(now),
  });

/** People who may approve: those in the approvers file, and whoever knows the code. */
export function createApprovers({
  path,
  code,
  wrongCodes,
  codesOneByOne,
  now,
  log,
}: ApproversDeps): Approvers {
  let byDigest: ByDigest = new Map();
  const file =
    path === undefined ? undefined : watched(path, log, (content) => (byDigest = indexed(content)));

  const refuse = (source: string): never => {
    wrongCodes.countWrongCode(`sign-in ${randomUUID()}`, { atMs: now().getTime(), source });
    throw new AppError('unauthorized', 'The key or code is wrong; nothing was decided.');
  };
  const byCode = async (secret: string, source: string): Promise<Approver> => {
    checkAttempts((sinceMs) => wrongCodes.wrongCodesSince(sinceMs), source, now());
    return (await isRightCode(secret, code)) ? CODE_HOLDER : refuse(source);
  };
  const authenticate: Approvers['authenticate'] = async ({ secret, source }) => {
    if (secret.startsWith(`${APPROVER_KEY_PREFIX}_`)) {
      const digest = keyDigest(secret);
      // They may have been added a moment ago.
      if (!byDigest.has(digest)) await file?.rereadSoon();
      const found = byDigest.get(digest);
      if (found) return found;
      throw new AppError('unauthorized', 'No approver has this key; nothing was decided.');
    }
    if (code === undefined) throw new AppError('unauthorized', `That is no approver's key. ${NO_CODE_HERE}`);
    return codesOneByOne(() => byCode(secret, sourceOf(source)));
  };
  const keyIdOf = (name: string): string | undefined =>
    name === CODE_HOLDER.name ? code : file?.content.approvers[name]?.key;

  const knownBy = (name: string, keyId: string): Approver | undefined =>
    name === CODE_HOLDER.name ? CODE_HOLDER : byDigest.get(keyId);

  const hasNone = (): boolean => Object.keys(file?.content.approvers ?? {}).length === 0;

  return {
    get isNobody() {
      return code === undefined && hasNone();
    },
    async whyNoFirst() {
      if (code !== undefined)
        return 'Whoever knows the approval code can approve; "aegis approvers add" adds people';
      if (file === undefined) return 'APPROVERS_FILE is not set, so nobody could be kept';
      await file.reread();
      // One that is gone is made anew; one that is damaged may have people in it.
      if (file.problem !== undefined && !file.isMissing)
        return `${file.problem}; mend it or move it away first`;
      const [name] = Object.keys(file.content.approvers);
      return name && `${name} can approve already; "aegis approvers add" adds others`;
    },
    async writeFirst(name, approver) {
      if (path === undefined || file === undefined)
        throw new AppError('internal', 'There is no approvers file.');
      const content = `${JSON.stringify({ approvers: { [name]: approver } }, null, 2)}\n`;
      if (!(await createOnce(path, content))) {
        await file.reread();
        if (!hasNone()) throw new AppError('already_decided', 'Somebody was added as an approver just now.');
        await replaceFile(path, content, { mode: 'owner' });
      }
      await file.reread();
    },
    start: async () => file?.start(),
    stop: () => file?.stop(),
    authenticate,
    async authorizeAdmin(credential) {
      const approver = await authenticate(credential);
      requireAdmin(approver);
      return approver;
    },
    byName(name, keyMark) {
      const keyId = keyIdOf(name);
      const known = keyId === undefined ? undefined : knownBy(name, keyId);
      return keyMark === undefined || known?.keyMark === keyMark ? known : undefined;
    },
    known(name, keyId) {
      if (keyIdOf(name) !== keyId) return undefined;
      return knownBy(name, keyId);
    },
    keyIdOf,
    get problem() {
      return file?.problem;
    },
    async damage() {
      if (file?.problem !== undefined) await file.rereadSoon();
      return file?.isMissing ? undefined : file?.problem;
    },
  };
}
